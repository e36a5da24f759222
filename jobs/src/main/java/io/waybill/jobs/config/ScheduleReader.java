package io.waybill.jobs.config;

import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.time.CronExpression;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads when a job is due. */
final class ScheduleReader {
  private static final Pattern HAS_OFFSET = Pattern.compile(".*(Z|[+-][0-9]{2}:[0-9]{2})");
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

  private final Section.Readers readers;
  private final Problems problems;

  ScheduleReader(Section.Readers readers) {
    this.readers = readers;
    problems = readers.problems();
  }

  List<Schedule> read(Section job) {
    List<Schedule> schedules = new ArrayList<>();
    Optional<YamlNode> node = job.node("schedule");
    List<YamlNode> nodes =
        node.isPresent() && node.get() instanceof YamlNode.Items items
            ? items.elements()
            : node.map(List::of).orElse(List.of());
    for (YamlNode each : nodes) {
      Section.open(
              each,
              each.origin(),
              JobKeys.SCHEDULE,
              LaterKeys.SCHEDULE,
              "schedule",
              job.place().in("\"schedule\" of " + job.place().description()),
              readers)
          .flatMap(section -> one(section, each.origin()))
          .ifPresent(schedules::add);
    }
    return schedules;
  }

  private Optional<Schedule> one(Section section, Origin where) {
    List<String> given = Stream.of("every", "daily", "cron", "at").filter(section::has).toList();
    if (given.size() != 1) {
      problems.error(
          given.isEmpty() ? where : section.origin(given.get(1)),
          "a schedule has exactly one of every, daily, cron, at; several make a list");
      return Optional.empty();
    }
    return switch (given.get(0)) {
      case "every" -> every(section);
      case "daily" -> parsed("daily", section, "a time of day", "02:30", ScheduleReader::daily);
      case "cron" -> cron(section);
      default ->
          parsed(
              "at",
              section,
              "a moment",
              "2026-01-31T02:30, or with Z or an offset at its end",
              ScheduleReader::at);
    };
  }

  private Optional<Schedule> every(Section section) {
    Optional<Duration> interval = section.duration("every");
    boolean right =
        interval
            .filter(d -> d.compareTo(Duration.ofSeconds(1)) >= 0)
            .filter(d -> d.compareTo(LONGEST_INTERVAL) <= 0)
            .filter(d -> d.toMillis() % 1000 == 0)
            .isPresent();
    if (interval.isPresent() && !right) {
      problems.error(
          section.valueOrigin("every"),
          "\"every\" is whole seconds from 1s to 1d; write longer ones with daily or cron");
    }
    return right ? interval.map(Schedule.Every::new) : Optional.empty();
  }

  private Optional<Schedule> cron(Section section) {
    Optional<String> text = section.text("cron");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Schedule.Cron(CronExpression.parse(text.get()).toString()));
    } catch (SchedulerException.InvalidSchedule e) {
      problems.error(cronOrigin(section, e), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  // The place inside of the expression can be told where the value stands in the file as it is.
  private static Origin cronOrigin(Section section, SchedulerException.InvalidSchedule e) {
    Origin value = section.valueOrigin("cron");
    int inRaw = value.raw().indexOf(e.text());
    return inRaw < 0 ? value : value.from(value.start() + inRaw + e.offset());
  }

  private Optional<Schedule> parsed(
      String key, Section section, String what, String example, Function<String, Schedule> parser) {
    Optional<String> text = section.text(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.apply(text.get()));
    } catch (DateTimeException e) {
      problems.error(
          section.valueOrigin(key),
          "\"" + key + "\" is not " + what + ": \"" + text.get() + "\"; write " + example);
      return Optional.empty();
    }
  }

  private static Schedule daily(String text) {
    return new Schedule.Daily(LocalTime.parse(text));
  }

  private static Schedule at(String text) {
    return HAS_OFFSET.matcher(text).matches()
        ? new Schedule.AtInstant(OffsetDateTime.parse(text).toInstant())
        : new Schedule.At(LocalDateTime.parse(text));
  }
}
