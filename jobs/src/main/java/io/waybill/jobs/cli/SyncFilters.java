package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.transfer.sync.SyncOptions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which files a sync is about; all others are left as they are on both sides. */
final class SyncFilters {
  @Option(
      names = "--include",
      paramLabel = "GLOB",
      description =
          "Take only files that match: *.csv in any directory, logs/*.gz by the path, logs/ for all below; may be given several times.")
  private List<String> includes = List.of();

  @Option(
      names = "--exclude",
      paramLabel = "GLOB",
      description =
          "Leave out what matches, on both sides: *.tmp in any directory, logs/*.gz by the path, a directory with all that is in it; may be given several times.")
  private List<String> excludes = List.of();

  @Option(
      names = "--newer",
      paramLabel = "WHEN",
      description =
          "Take only files modified after that: 2d for two days ago, or 2026-11-28 or 2026-11-28T06:00 of this machine's time zone.")
  private @Nullable String newer;

  @Option(
      names = "--older",
      paramLabel = "WHEN",
      description = "Take only files modified before that.")
  private @Nullable String older;

  @Option(
      names = "--larger",
      paramLabel = "SIZE",
      description = "Take only files of at least that: 10MiB.")
  private @Nullable String larger;

  @Option(
      names = "--smaller",
      paramLabel = "SIZE",
      description = "Take only files of at most that.")
  private @Nullable String smaller;

  /**
   * Sets them.
   *
   * @throws JobException.Configuration if one has no such value
   */
  void addTo(SyncOptions.Builder options, InstantSource clock) {
    options.include(includes).exclude(excludes);
    if (newer != null) {
      options.newerThan(when("--newer", newer, clock));
    }
    if (older != null) {
      options.olderThan(when("--older", older, clock));
    }
    if (larger != null) {
      options.leastBytes(CopyOptions.bytes("--larger", larger));
    }
    if (smaller != null) {
      options.mostBytes(CopyOptions.bytes("--smaller", smaller));
    }
  }

  private static Instant when(String option, String text, InstantSource clock) {
    try {
      if (!text.matches("[0-9]{4}-.*")) {
        return clock.instant().minus(CopyOptions.duration(option, text));
      }
      LocalDateTime time =
          text.indexOf('T') < 0 ? LocalDate.parse(text).atStartOfDay() : LocalDateTime.parse(text);
      return time.atZone(ZoneId.systemDefault()).toInstant();
    } catch (DateTimeParseException | JobException.Configuration e) {
      throw new JobException.Configuration(
          "%s is \"%s\", and no time: write for instance 2d, 2026-11-28 or 2026-11-28T06:00"
              .formatted(option, text),
          e);
    }
  }
}
