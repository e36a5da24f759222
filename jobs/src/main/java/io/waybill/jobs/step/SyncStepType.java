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
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.json.Plain;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.sync.SyncOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** {@code sync}: one directory becomes like another. */
final class SyncStepType implements StepType<SyncStep> {

  @Override
  public String name() {
    return "sync";
  }

  @Override
  public String doc() {
    return "Makes a directory like another: copies what is missing or differs, and deletes the rest only if it is told to.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        Key.required("from", Scalar.LOCATION, "The directory that is copied.")
            .withExample("/srv/waybill/in/"),
        Key.required("to", Scalar.LOCATION, "The directory that becomes like it.")
            .withExample("\"bank:/in/\""),
        Key.optional(
            "delete",
            Scalar.BOOLEAN,
            "false",
            "Whether what only the target has is deleted; never after an error, nor for an empty source."),
        Key.optional(
                "max-delete",
                Scalar.INTEGER,
                "Delete nothing if it would be more files than that; if not given, than 10 or a tenth of the target's, whichever is more.")
            .withExample("50"),
        Key.optional(
            "allow-empty-source",
            Scalar.BOOLEAN,
            "false",
            "Whether a source without any file is believed; `max-delete` must be given, too."),
        Key.optional(
            "compare",
            new ValueType.OneOf(List.of("size-time", "digest")),
            "size-time",
            "What makes two files equal; from a server that computes no digests all are fetched for them."),
        Key.optional(
            "renames",
            Scalar.BOOLEAN,
            "false",
            "With `delete`: whether what was only renamed is found by its digest, and renamed in the target, too."),
        Key.optional(
            "update", Scalar.BOOLEAN, "false", "Whether files stay that are newer in the target."),
        Key.optional(
                "include",
                new ValueType.ListOf(Scalar.PATTERN),
                "Only these files: *.csv in any directory, logs/*.gz by the path, logs/ for all below.")
            .withExample("\"*.csv\""),
        Key.optional(
                "exclude",
                new ValueType.ListOf(Scalar.PATTERN),
                "What is left as it is on both sides, patterns of the same kind.")
            .withExample("\"*.tmp\""),
        Key.optional("newer-than", Scalar.DURATION, "Only files that were modified less long ago."),
        FileKeys.OLDER_THAN,
        Key.optional("min-size", Scalar.SIZE, "Only files of at least that."),
        Key.optional("max-size", Scalar.SIZE, "Only files of at most that."),
        Key.optional("parallel", Scalar.INTEGER, "4", "How many files are copied at once."),
        Key.optional(
            "mode",
            Scalar.BOOLEAN,
            "true",
            "Whether copies get the permission bits of the source."),
        FileKeys.RATE);
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "to-copy", "how many files were to be copied",
        "to-delete", "how many files were to be deleted",
        "plan", "the first 100 lines of what was to be done, and how much of each",
        "copied", "how many files were copied",
        "renamed", "how many files were renamed in the target",
        "deleted", "how many files were deleted",
        "equal", "how many files were there already",
        "bytes", "the sum of the copied files' sizes");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of(
        "to-copy",
        ValueKind.NUMBER,
        "to-delete",
        ValueKind.NUMBER,
        "plan",
        ValueKind.LIST,
        "copied",
        ValueKind.NUMBER,
        "renamed",
        ValueKind.NUMBER,
        "deleted",
        ValueKind.NUMBER,
        "equal",
        ValueKind.NUMBER,
        "bytes",
        ValueKind.NUMBER);
  }

  @Override
  public SyncStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<Place> from = parts.part("from", () -> Place.of(arguments.text("from"), connections));
    Part<Place> to = parts.part("to", () -> Place.of(arguments.text("to"), connections));
    parts.check(
        "to", () -> PlaceFiles.requireApart(from.get(), to.get(), arguments.flag("delete")));
    Part<SyncOptions> options = parts.part(() -> options(arguments));
    Part<Optional<RateLimit>> rate = parts.part(() -> CopyTerms.rate(arguments));
    SyncStep step =
        parts.together(
            () ->
                new SyncStep(
                    from.get(),
                    to.get(),
                    options.get(),
                    new SyncStep.Ages(
                        arguments.optionalDuration("newer-than"),
                        arguments.optionalDuration("older-than")),
                    rate.get()));
    if (step.isHere() && step.rate().isPresent()) {
      throw new JobException.Configuration(CopyTerms.NO_RATE_HERE);
    }
    return step;
  }

  private static SyncOptions options(Arguments arguments) {
    StepParts parts = new StepParts();
    SyncOptions.Builder options = SyncOptions.builder();
    parts.check("compare", () -> options.compare(compare(arguments.text("compare"))));
    parts.check("delete", () -> options.delete(arguments.flag("delete")));
    parts.check(
        "allow-empty-source", () -> options.allowEmptySource(arguments.flag("allow-empty-source")));
    parts.check("renames", () -> options.renames(arguments.flag("renames")));
    parts.check("update", () -> options.keepNewer(arguments.flag("update")));
    patterns(parts, arguments, "include", options::include);
    patterns(parts, arguments, "exclude", options::exclude);
    parts.check(
        "parallel",
        () -> options.parallel((int) Math.min(Integer.MAX_VALUE, arguments.integer("parallel"))));
    parts.check(
        "mode",
        () ->
            options.files(TransferOptions.builder().preserveMode(arguments.flag("mode")).build()));
    parts.check(
        "max-delete", () -> arguments.optionalInteger("max-delete").ifPresent(options::maxDelete));
    parts.check(
        "min-size", () -> arguments.optionalInteger("min-size").ifPresent(options::leastBytes));
    parts.check(
        "max-size", () -> arguments.optionalInteger("max-size").ifPresent(options::mostBytes));
    try {
      return parts.together(options::build);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration(String.valueOf(e.getMessage()), e);
    }
  }

  private static void patterns(
      StepParts parts, Arguments arguments, String key, Consumer<List<String>> taking) {
    Part<List<String>> patterns =
        parts.each(key, () -> arguments.texts(key), text -> FileMatch.requireGlob(key, text));
    parts.check(key, () -> taking.accept(patterns.get()));
  }

  private static SyncOptions.Compare compare(String word) {
    return word.equals("digest") ? SyncOptions.Compare.DIGEST : SyncOptions.Compare.SIZE_MTIME;
  }

  @Override
  public Map<String, String> contradictions(Set<String> given) {
    Optional<String> alone =
        List.of("max-delete", "allow-empty-source", "renames").stream()
            .filter(given::contains)
            .filter(each -> !given.contains("delete"))
            .findFirst();
    return alone
        .map(
            key ->
                Map.of(
                    key,
                    "\"%s\" is about what is deleted, and without \"delete\" nothing is"
                        .formatted(key)))
        .orElse(Map.of());
  }

  @Override
  public long files(StepResult result) {
    return Plain.number(result.outputs(), "copied")
        + Plain.number(result.outputs(), "renamed")
        + Plain.number(result.outputs(), "deleted");
  }

  @Override
  public StepHandler<SyncStep> handler(StepServices services) {
    return new SyncHandler(services);
  }
}
