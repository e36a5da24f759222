package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.FileReference;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.transfer.FileTransfer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which files a step is about.
 *
 * @param from where they are; may be empty if an expression found nothing
 * @param match which of them
 * @param olderThan how long ago they must have been modified; empty for any time
 * @param leastFiles fewer are a failure
 * @param mostFiles more are a failure
 */
record FileSelection(
    List<FileSource> from,
    FileMatch match,
    Optional<Duration> olderThan,
    long leastFiles,
    long mostFiles) {
  FileSelection {
    from = List.copyOf(from);
    Objects.requireNonNull(match, "match");
    Objects.requireNonNull(olderThan, "olderThan");
  }

  /**
   * Reads the keys by which files are selected; one that a kind of step does not have selects all.
   *
   * @throws JobException.Configuration if one cannot be used
   */
  static FileSelection of(Arguments arguments, Connections connections) {
    return of(arguments, connections, Long.MAX_VALUE);
  }

  /**
   * Reads the same keys.
   *
   * @param usualMost how many files there may be if nothing is said of that
   * @throws JobException.Configuration if one cannot be used
   */
  static FileSelection of(Arguments arguments, Connections connections, long usualMost) {
    StepParts parts = new StepParts();
    Part<List<FileSource>> from =
        parts.each("from", () -> arguments.files("from"), each -> source(each, connections));
    Part<FileMatch> match = parts.part(() -> FileMatch.of(arguments));
    Part<Expected> expected =
        parts.part("expect", () -> Expected.of(arguments.group("expect"), usualMost));
    return parts.together(
        () ->
            new FileSelection(
                from.get(),
                match.get(),
                arguments.optionalDuration("older-than"),
                expected.get().least(),
                expected.get().most()));
  }

  private record Expected(long least, long most) {
    static Expected of(Optional<Arguments> group, long usualMost) {
      StepParts parts = new StepParts();
      Part<Long> least = parts.part("min-files", () -> number(group, "min-files", 0));
      Part<Long> most = parts.part("max-files", () -> number(group, "max-files", usualMost));
      parts.check("max-files", () -> require(most.get() >= least.get()));
      return parts.together(() -> new Expected(least.get(), most.get()));
    }

    private static long number(Optional<Arguments> group, String key, long usual) {
      long number = group.flatMap(each -> each.optionalInteger(key)).orElse(usual);
      require(number >= 0);
      return number;
    }

    private static void require(boolean isRight) {
      if (!isRight) {
        throw new JobException.Configuration(
            "\"expect\": \"min-files\" is 0 or more, and \"max-files\" no less than it");
      }
    }
  }

  private static FileSource source(FileReference reference, Connections connections) {
    String text = reference.location();
    return switch (reference.meaning()) {
      case AS_WRITTEN -> new FileSource(Place.source(text, connections), false);
      case NAME -> new FileSource(Place.of(text, connections).literal(), false);
      case ONE_FILE -> new FileSource(Place.of(text, connections), true, reference.version());
    };
  }

  /**
   * Looks for the files of one source.
   *
   * @throws JobException.NotFound if it is not there; a pattern may match nothing
   * @throws InterruptedException if the attempt ends
   */
  Selection find(FileSource source, Sessions sessions) throws InterruptedException {
    Place place = source.place();
    @Nullable FileTransfer session = sessions.to(place).orElse(null);
    Selection found =
        source.isOneFile()
            ? Selection.ofFound(place, session).only(source.version())
            : Selection.of(place, session);
    return found.taking(match, modifiedBefore(sessions.services().clock()));
  }

  /** Returns before when files must have been modified; empty for any time. */
  Optional<Instant> modifiedBefore(InstantSource clock) {
    return olderThan.map(age -> clock.instant().minus(age));
  }

  /**
   * Checks how many files there are, before anything is done to them.
   *
   * @throws JobException.Expectation if they are too few or too many
   */
  void requireExpected(long found) {
    if (found < leastFiles) {
      throw new JobException.Expectation(
          "expected at least %d files in %s and found %d; they may be late, or the path is wrong"
              .formatted(leastFiles, from, found));
    }
    if (found > mostFiles) {
      throw new JobException.Expectation(
          "expected at most %d files in %s and found %d; nothing was done, raise \"max-files\" if that is right"
              .formatted(mostFiles, from, found));
    }
  }
}
