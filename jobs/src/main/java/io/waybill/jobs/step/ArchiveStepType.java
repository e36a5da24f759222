package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.archive.ArchiveFormat;
import io.waybill.jobs.json.Plain;
import java.util.List;
import java.util.Map;

/** {@code archive}: files of this machine become one. */
final class ArchiveStepType implements StepType<ArchiveStep> {

  @Override
  public String name() {
    return "archive";
  }

  @Override
  public String doc() {
    return "Puts files of this machine into a zip, tar.gz or tar.zst archive, whole and read back, or not at all.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        FileKeys.FROM,
        FileKeys.MATCH,
        Key.required("to", Scalar.LOCATION, "The archive; an old one of its name is replaced."),
        ArchiveKeys.FORMAT,
        FileKeys.expect(FileKeys.anyNumber()));
  }

  @Override
  public boolean isLocal(StepResult result) {
    return true;
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "files", "a list of one with name, location, size, digest of the archive",
        "count", "how many files are in it",
        "bytes", "the sum of their sizes",
        "left-out", "a list of what is neither a file nor a directory: links, devices, sockets");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of(
        "files",
        ValueKind.listOf("name", "location", "size", "digest"),
        "count",
        ValueKind.NUMBER,
        "bytes",
        ValueKind.NUMBER,
        "left-out",
        ValueKind.LIST);
  }

  @Override
  public ArchiveStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<FileSelection> from =
        parts.part(() -> ArchiveKeys.here(FileSelection.of(arguments, connections)));
    Part<Place.Local> to = parts.part("to", () -> archive(arguments.text("to"), connections));
    Part<ArchiveFormat> format = parts.part("to", () -> format(arguments));
    return parts.together(() -> new ArchiveStep(from.get(), to.get(), format.get()));
  }

  private static Place.Local archive(String text, Connections connections) {
    Place.Local archive = ArchiveKeys.here(Place.of(text, connections));
    if (archive.path().endsWith("/")) {
      throw new JobException.Configuration("\"to\" is a file, the archive: " + text + " is none");
    }
    return archive;
  }

  private static ArchiveFormat format(Arguments arguments) {
    String to = arguments.text("to");
    return ArchiveKeys.format(arguments)
        .or(() -> ArchiveFormat.of(SidecarFinder.last(to)))
        .orElseThrow(
            () ->
                new JobException.Configuration(
                    "the name of %s tells no kind of archive: let it end in .zip, .tar.gz or .tar.zst, or give \"format\""
                        .formatted(to)));
  }

  @Override
  public long files(StepResult result) {
    return Plain.number(result.outputs(), "count");
  }

  @Override
  public StepHandler<ArchiveStep> handler(StepServices services) {
    return (step, call) -> new ArchiveAttempt(services, call).run(step);
  }
}
