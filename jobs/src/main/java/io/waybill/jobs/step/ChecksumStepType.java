package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.transfer.Digest;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code checksum}: what {@code sha256sum} does, for files of any place. */
final class ChecksumStepType implements StepType<ChecksumStep> {

  @Override
  public String name() {
    return "checksum";
  }

  @Override
  public String doc() {
    return "Computes digests of files and writes sidecars of them, or compares files with sidecars.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        Key.required(
            "from",
            new ValueType.ListOf(Scalar.LOCATION),
            "Files, directories (all files in them) or patterns; with `do: check`, sidecars such as SHA256SUMS or x.sha256."),
        Key.optional(
            "do",
            new ValueType.OneOf(List.of("tell", "write", "check")),
            "tell",
            "Whether digests are told to later steps, also written to sidecars (x.sha256 beside a file x, SHA256SUMS in a directory), or the files compared that sidecars tell of."),
        Key.optional(
            "algorithm",
            FileKeys.ALGORITHM,
            "sha-256",
            "The algorithm of digests that are computed."),
        FileKeys.expect());
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "files", "a list with name and digest of each file; of the first 10,000",
        "count", "how many files there were");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of("files", ValueKind.listOf("name", "digest"), "count", ValueKind.NUMBER);
  }

  @Override
  public ChecksumStep bind(Arguments arguments, Connections connections) {
    return new ChecksumStep(
        FileSelection.of(arguments, connections),
        Digest.Algorithm.parse(arguments.text("algorithm")),
        ChecksumStep.Work.valueOf(arguments.text("do").toUpperCase(Locale.ROOT)));
  }

  @Override
  public long files(StepResult result) {
    return 0; // it only looks at them
  }

  @Override
  public StepHandler<ChecksumStep> handler(StepServices services) {
    return (step, call) -> new ChecksumAttempt(services, call).run(step);
  }
}
