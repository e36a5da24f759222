package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.archive.ArchiveLimits;
import java.util.List;
import java.util.Map;

/** {@code unarchive}: each archive becomes a directory. */
final class UnarchiveStepType implements StepType<UnarchiveStep> {

  @Override
  public String name() {
    return "unarchive";
  }

  @Override
  public String doc() {
    return "Unpacks archives of this machine, each whole into a directory of its own, or not at all.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        FileKeys.FROM,
        FileKeys.MATCH,
        Key.required(
            "to",
            Scalar.LOCATION,
            "The directory in which each archive gets its own, which must not be there yet; with a \"/\" at its end."),
        Key.optional(
            "name",
            new ValueType.PerItem("file", FileTarget.OF_A_FILE),
            "How the directory of each archive is called: `${file.stem}-${run.date}`; as the archive without its ending if not given."),
        ArchiveKeys.FORMAT,
        ArchiveKeys.LIMITS,
        FileKeys.expect(FileKeys.anyNumber()));
  }

  @Override
  public boolean isLocal(StepResult result) {
    return true;
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "files", "a list with name, location, size, modified of each file that was in them",
        "directories", "a list of the directories that the archives have become",
        "bytes", "the sum of the files' sizes");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of(
        "files", FileKeys.FOUND_FILES, "directories", ValueKind.LIST, "bytes", ValueKind.NUMBER);
  }

  @Override
  public UnarchiveStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<FileSelection> from =
        parts.part(() -> ArchiveKeys.here(FileSelection.of(arguments, connections)));
    Part<FileTarget> to = parts.part(() -> FileTarget.of(arguments, connections));
    parts.check("to", () -> ArchiveKeys.here(Place.of(arguments.text("to"), connections)));
    Part<ArchiveLimits> limits = parts.part("limits", () -> ArchiveKeys.limits(arguments));
    return parts.together(
        () -> new UnarchiveStep(from.get(), to.get(), ArchiveKeys.format(arguments), limits.get()));
  }

  @Override
  public StepHandler<UnarchiveStep> handler(StepServices services) {
    return (step, call) -> new UnarchiveAttempt(services, call).run(step);
  }
}
