package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.archive.ArchiveFormat;
import io.waybill.jobs.archive.ArchiveLimits;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The keys of steps about archives. */
final class ArchiveKeys {
  static final Key FORMAT =
      Key.optional(
          "format",
          new ValueType.OneOf(
              Arrays.stream(ArchiveFormat.values()).map(ArchiveFormat::label).toList()),
          "The kind of archive; if not given, what the name's ending tells: .zip, .tar.gz, .tgz, .tar.zst, .tzst.");

  static final Key LIMITS =
      Key.optional(
          "limits",
          new ValueType.Group(
              List.of(
                  Key.optional(
                      "size",
                      Scalar.SIZE,
                      "10GiB",
                      "How much all files may be together, unpacked."),
                  Key.optional("files", Scalar.INTEGER, "10000", "How many files and directories."),
                  Key.optional(
                      "ratio",
                      Scalar.INTEGER,
                      "200",
                      "How many times as large as the archive the files may be together, from 10 MiB on."),
                  Key.optional(
                      "name-length",
                      Scalar.INTEGER,
                      "1024",
                      "How many bytes a name may have, with its directories."))),
          "What an archive may hold; one that holds more is refused, and nothing of it is unpacked.");

  private static final ArchiveLimits USUAL = new ArchiveLimits(10L << 30, 10_000, 200, 1024);
  private static final int LONGEST_NAME = 4096;

  private ArchiveKeys() {}

  static Optional<ArchiveFormat> format(Arguments arguments) {
    return arguments.optionalText("format").map(ArchiveFormat::parse);
  }

  /**
   * Reads the key {@code limits}.
   *
   * @throws JobException.Configuration if one cannot be used
   */
  static ArchiveLimits limits(Arguments arguments) {
    return arguments.group("limits").map(ArchiveKeys::limitsOf).orElse(USUAL);
  }

  private static ArchiveLimits limitsOf(Arguments group) {
    StepParts parts = new StepParts();
    Part<Long> size = limit(parts, group, "size", Long.MAX_VALUE);
    Part<Long> files = limit(parts, group, "files", Long.MAX_VALUE);
    Part<Long> ratio = limit(parts, group, "ratio", Long.MAX_VALUE);
    Part<Long> name = limit(parts, group, "name-length", LONGEST_NAME);
    return parts.together(
        () -> new ArchiveLimits(size.get(), files.get(), ratio.get(), Math.toIntExact(name.get())));
  }

  private static Part<Long> limit(StepParts parts, Arguments group, String key, long most) {
    return parts.part(
        key,
        () -> {
          long limit = group.integer(key);
          if (limit < 1 || limit > most) {
            throw new JobException.Configuration(
                "\"limits\" are 1 or more, and \"name-length\" is at most " + LONGEST_NAME);
          }
          return limit;
        });
  }

  /**
   * Checks that all files are on this machine.
   *
   * @throws JobException.Configuration if one is not
   */
  static FileSelection here(FileSelection files) {
    StepParts parts = new StepParts();
    Part<List<Place.Local>> unused = parts.each("from", files::from, each -> here(each.place()));
    return parts.together(() -> files);
  }

  /**
   * Checks that a place is on this machine.
   *
   * @throws JobException.Configuration if it is not
   */
  static Place.Local here(Place place) {
    if (place instanceof Place.Local local) {
      return local;
    }
    throw new JobException.Configuration(
        "%s is not on this machine, where archives are made and unpacked: copy it in a step of its own"
            .formatted(place));
  }
}
