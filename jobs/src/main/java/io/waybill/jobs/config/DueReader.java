package io.waybill.jobs.config;

import io.waybill.jobs.Due;
import io.waybill.jobs.expression.BadValueException;
import io.waybill.jobs.expression.ScalarParser;
import io.waybill.scheduler.DayCalendar;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;

/** Reads by when a job must have succeeded. */
final class DueReader {
  private static final Duration LEAST = Duration.ofMinutes(1);
  private static final Duration MOST = Duration.ofDays(366);

  private final Section.Readers readers;
  private final Problems problems;
  private final CalendarNames calendars;

  DueReader(Section.Readers readers, CalendarNames calendars) {
    this.readers = readers;
    this.calendars = calendars;
    problems = readers.problems();
  }

  /** Reads it; empty if the job has none, or it is wrong. */
  Optional<Due> read(Section job) {
    Optional<YamlNode> node = job.node("due");
    if (node.isEmpty()) {
      return Optional.empty();
    }
    return node.get() instanceof YamlNode.Mapping
        ? Section.open(
                node.get(),
                node.get().origin(),
                KnownKey.groupsIn(AlertKeys.DUE.type()).get(0),
                LaterKeys.none(),
                "due",
                job.place().in("\"due\" of " + job.place().description()),
                readers)
            .flatMap(this::mapping)
        : job.value("due").flatMap(text -> text(job.valueOrigin("due"), String.valueOf(text)));
  }

  private Optional<Due> text(Origin where, String text) {
    Optional<LocalTime> time = time(text);
    if (time.isPresent()) {
      return Optional.of(new Due.Daily(time.get(), Optional.empty()));
    }
    try {
      return within(ScalarParser.duration(text), where, Optional.empty());
    } catch (BadValueException e) {
      problems.error(
          where,
          "\"due\" is neither a time of day nor a duration: \"%s\"; write \"06:00\" or 26h"
              .formatted(text));
      return Optional.empty();
    }
  }

  private Optional<Due> mapping(Section section) {
    List<String> given = List.of("by", "within").stream().filter(section::has).toList();
    if (given.size() != 1) {
      problems.error(
          given.isEmpty() ? section.origin() : section.origin("within"),
          "\"due\" has exactly one of by, a time of day, and within, a duration");
      return Optional.empty();
    }
    Optional<DayCalendar> days = calendars.read(section, "calendar");
    Origin where = section.valueOrigin(given.get(0));
    if (given.get(0).equals("within")) {
      return section.duration("within").flatMap(length -> within(length, where, days));
    }
    Optional<String> text = section.text("by");
    Optional<LocalTime> time = text.flatMap(DueReader::time);
    if (text.isPresent() && time.isEmpty()) {
      problems.error(
          where, "\"by\" is not a time of day: \"%s\"; write \"06:00\"".formatted(text.get()));
    }
    return time.map(each -> new Due.Daily(each, days));
  }

  private Optional<Due> within(Duration length, Origin where, Optional<DayCalendar> days) {
    if (length.compareTo(LEAST) < 0 || length.compareTo(MOST) > 0) {
      problems.error(where, "the time in which a job is due is from 1m to 366d");
      return Optional.empty();
    }
    return Optional.of(new Due.Within(length, days));
  }

  private static Optional<LocalTime> time(String text) {
    try {
      return text.matches("[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
          ? Optional.of(LocalTime.parse(text))
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
