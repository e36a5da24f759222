package io.waybill.jobs.config;

import static io.waybill.jobs.ValueType.Scalar.BOOLEAN;
import static io.waybill.jobs.ValueType.Scalar.CONNECTION;
import static io.waybill.jobs.ValueType.Scalar.DURATION;
import static io.waybill.jobs.ValueType.Scalar.INTEGER;
import static io.waybill.jobs.ValueType.Scalar.LOCATION;
import static io.waybill.jobs.ValueType.Scalar.MAILBOX;
import static io.waybill.jobs.ValueType.Scalar.PERCENT;
import static io.waybill.jobs.ValueType.Scalar.SIZE;
import static io.waybill.jobs.ValueType.Scalar.TEXT;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.Step;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import java.util.List;
import java.util.Map;

/** Kinds of steps that show every type of key; they do nothing. */
record FakeStepType(String name, List<Key> keys, Map<String, String> outputs)
    implements StepType<FakeStepType.Bound> {

  record Bound(Arguments arguments) implements Step {}

  static final FakeStepType COPY =
      new FakeStepType(
          "copy",
          List.of(
              Key.required("from", LOCATION, "source"),
              Key.required("to", LOCATION, "target"),
              Key.optional("overwrite", BOOLEAN, "false", "whether"),
              Key.optional("settle", DURATION, "how long"),
              Key.optional("max-size", SIZE, "how large"),
              Key.optional("share", PERCENT, "how much"),
              Key.optional(
                  "expect",
                  new ValueType.Group(List.of(Key.optional("min-files", INTEGER, "1", "least"))),
                  "what must be there")),
          Map.of("files", "their names", "bytes", "their size"));

  static final FakeStepType SEND =
      new FakeStepType(
          "mail.send",
          List.of(
              Key.required("via", CONNECTION, "account"),
              Key.required("to", new ValueType.ListOf(TEXT), "recipients"),
              Key.required("subject", TEXT, "subject"),
              Key.optional("text", TEXT, "body"),
              Key.optional("headers", new ValueType.MapOf(TEXT), "more"),
              Key.optional(
                  "match",
                  new ValueType.AnyOf(
                      List.of(
                          TEXT,
                          new ValueType.Group(List.of(Key.required("regex", TEXT, "pattern"))))),
                  "glob or pattern"),
              Key.optional(
                  "priority", new ValueType.OneOf(List.of("low", "high")), "low", "urgency"),
              Key.secret("token", "proof")),
          Map.of("message-id", "its id"));

  static final FakeStepType FETCH =
      new FakeStepType(
          "mail.fetch",
          List.of(Key.required("mailbox", MAILBOX, "where")),
          Map.of("messages", "what came"));

  @Override
  public Map<String, ValueKind> outputKinds() {
    return name.equals("copy")
        ? Map.of("files", ValueKind.listOf("name", "location"), "bytes", ValueKind.NUMBER)
        : Map.of();
  }

  static final List<StepType<?>> ALL = List.of(COPY, SEND, FETCH);

  @Override
  public String doc() {
    return "Does nothing.";
  }

  @Override
  public Bound bind(Arguments arguments, Connections connections) {
    if (name.equals("copy")) {
      requireTwoPlaces(arguments);
      return new Bound(arguments);
    }
    arguments.texts("to").forEach(FakeStepType::requireAddress);
    return new Bound(arguments);
  }

  private static void requireTwoPlaces(Arguments arguments) {
    if (arguments.text("from").equals(arguments.text("to"))) {
      throw new JobException.Configuration("\"from\" and \"to\" are the same place");
    }
  }

  // Not of our exceptions: a kind of step may refuse in its own way.
  private static void requireAddress(String text) {
    if (text.indexOf('@') < 0) {
      throw new IllegalStateException("\"to\" is no address: " + text);
    }
  }

  @Override
  public StepHandler<Bound> handler(StepServices services) {
    return (step, call) -> new StepResult(Map.of(), 0);
  }
}
