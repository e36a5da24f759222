package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.transfer.Verification;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code copy}: files from any location to any other, verified and published whole. */
public final class CopyStepType implements StepType<CopyStep> {
  private static final ValueType LEVEL =
      new ValueType.OneOf(List.of("size", "digest", "read-back"));

  @Override
  public String name() {
    return "copy";
  }

  @Override
  public String doc() {
    return "Copies files; each is verified, forced to the disk and renamed into place, or not there at all.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        Key.required(
            "from",
            new ValueType.ListOf(Scalar.LOCATION),
            "Files, directories (their contents are taken) or patterns."),
        Key.required(
            "to", Scalar.LOCATION, "The target; with a \"/\" at its end a directory, else a file."),
        Key.optional(
            "verify",
            new ValueType.AnyOf(
                List.of(
                    LEVEL,
                    new ValueType.Group(
                        List.of(
                            Key.required("at-least", LEVEL, "The lowest level that will do."))))),
            "size",
            "What must have been proven before a file gets its name."),
        Key.optional(
            "expect",
            new ValueType.Group(
                List.of(
                    Key.optional("min-files", Scalar.INTEGER, "0", "Fewer files are a failure."))),
            "What the source is expected to hold."));
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "files", "a list with name, path, size, digest, verified, resumed, reconnects of each file",
        "bytes", "the sum of the files' sizes",
        "skipped", "how many files were there already",
        "left-out", "a list of what is neither a file nor a directory: links, devices, sockets");
  }

  @Override
  public CopyStep bind(Arguments arguments, Connections connections) {
    if (arguments.texts("from").isEmpty()) {
      throw new JobException.Configuration("\"from\" is an empty list");
    }
    String level =
        arguments.asMap().get("verify") instanceof Arguments group
            ? group.text("at-least")
            : arguments.text("verify");
    return new CopyStep(
        arguments.texts("from").stream().map(from -> Place.of(from, connections)).toList(),
        Place.of(arguments.text("to"), connections),
        Verification.valueOf(level.toUpperCase(Locale.ROOT).replace('-', '_')),
        arguments.group("expect").map(expect -> expect.integer("min-files")).orElse(0L));
  }

  @Override
  public StepHandler<CopyStep> handler(StepServices services) {
    return new TransferHandler(services);
  }
}
