package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code mail.forward}: passes messages on, never those of programs. */
final class ForwardMailStepType implements StepType<AnswerMailStep> {
  private static final String INLINE = "inline";

  @Override
  public String name() {
    return "mail.forward";
  }

  @Override
  public String doc() {
    return "Passes messages on, at most once each over all runs; never what programs and lists"
        + " wrote.";
  }

  @Override
  public List<Key> keys() {
    return AnswerKeys.with(
        Key.required("to", new ValueType.ListOf(Scalar.ADDRESS), "Recipients."),
        Key.optional(
            "as",
            new ValueType.OneOf(List.of("attachment", INLINE)),
            "attachment",
            "Whether the message is attached as it is, byte for byte; or its text stands below and"
                + " its attachments beside."),
        Key.optional(
            "envelope-from", Scalar.ADDRESS, "Where bounces go; to the author if not given."));
  }

  @Override
  public Map<String, String> outputs() {
    return AnswerKeys.outputs();
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return AnswerKeys.outputKinds();
  }

  @Override
  public Map<String, String> contradictions(Set<String> given) {
    return AnswerKeys.contradictions(given);
  }

  @Override
  public AnswerMailStep bind(Arguments arguments, Connections connections) {
    return AnswerKeys.bind(
        arguments,
        connections,
        () -> new AnswerMailStep.Kind.Forward(arguments.text("as").equals(INLINE)),
        () -> arguments.texts("to"));
  }

  @Override
  public List<ArgumentMistake> doubts(Arguments arguments) {
    return SuppliedFiles.ofMessage(arguments);
  }

  @Override
  public StepHandler<AnswerMailStep> handler(StepServices services) {
    return new AnswerMailHandler(services);
  }
}
