package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.json.Plain;
import io.waybill.transfer.Digest;
import io.waybill.transfer.Verification;
import io.waybill.transfer.sidecar.SidecarName;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code copy}: files from any location to any other, verified and published whole. */
public final class CopyStepType implements StepType<CopyStep> {
  private static final ValueType LEVEL =
      new ValueType.OneOf(List.of("size", "digest", "read-back"));

  private static final List<String> CHECKS = List.of("never", "if-any", "required");

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
                "Files, directories (their contents are taken) or patterns.")
            .withExample("\"bank:/out/*.csv\""),
        Key.required(
                "to",
                Scalar.LOCATION,
                "The target; with a \"/\" at its end a directory, else a file.")
            .withExample("/srv/waybill/in/"),
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
            "sidecar",
            new ValueType.Group(
                List.of(
                    Key.optional(
                        "check",
                        new ValueType.OneOf(CHECKS),
                        "never",
                        "Whether what is copied must have the digest that a sidecar of the source tells (`x.sha256`, `SHA256SUMS`)."),
                    Key.optional(
                        "write",
                        new ValueType.OneOf(
                            SidecarName.algorithms().stream()
                                .map(Digest.Algorithm::label)
                                .toList()),
                        "The algorithm of a sidecar that is written beside each target."))),
            "What is done with the files that hold other files' digests."),
        Key.optional(
            "expect",
            new ValueType.Group(
                List.of(
                    Key.optional("min-files", Scalar.INTEGER, "0", "Fewer files are a failure."))),
            "What the source is expected to hold."));
  }

  @Override
  public boolean isLocal(StepResult result) {
    return Plain.maps(result.outputs(), "files").stream()
        .anyMatch(file -> Plain.text(file, "path").startsWith("/"));
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "files", "a list with name, path, size, digest, verified, resumed, reconnects of each file",
        "bytes", "the sum of the files' sizes",
        "skipped", "how many files were there already",
        "unchecked", "a list of the files that no sidecar tells of, with `sidecar.check: if-any`",
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
        arguments.texts("from").stream().map(from -> Place.source(from, connections)).toList(),
        Place.of(arguments.text("to"), connections),
        Verification.valueOf(level.toUpperCase(Locale.ROOT).replace('-', '_')),
        arguments.group("expect").map(expect -> expect.integer("min-files")).orElse(0L),
        arguments.group("sidecar").map(CopyStepType::sidecars).orElse(SidecarTerms.NONE));
  }

  private static SidecarTerms sidecars(Arguments sidecar) {
    return new SidecarTerms(
        SidecarTerms.Check.valueOf(
            sidecar.text("check").toUpperCase(Locale.ROOT).replace('-', '_')),
        sidecar.optionalText("write").map(Digest.Algorithm::parse));
  }

  @Override
  public StepHandler<CopyStep> handler(StepServices services) {
    return new TransferHandler(services);
  }
}
