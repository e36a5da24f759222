package io.waybill.jobs.config;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.DayCalendar;
import io.waybill.scheduler.ExcludedPolicy;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.time.ScheduleWords;
import io.waybill.scheduler.time.Timetable;
import io.waybill.scheduler.time.Warning;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads when a job is due. */
final class ScheduleReader {
  private static final Pattern HAS_OFFSET = Pattern.compile(".*(Z|[+-][0-9]{2}:[0-9]{2})");
  private static final List<String> FORMS = List.of("every", "daily", "cron", "rrule", "at");
  private static final String MOMENT = "2026-01-31T02:30, or with Z or an offset at its end";

  private final Section.Readers readers;
  private final Problems problems;
  private final CalendarNames calendars;
  private final Instant now;

  ScheduleReader(Section.Readers readers, CalendarNames calendars, Instant now) {
    this.readers = readers;
    this.calendars = calendars;
    this.now = now;
    problems = readers.problems();
  }

  /**
   * Reads the schedules of a job.
   *
   * @param name of the job, for {@code H} and jitter
   * @param zone of the job
   */
  List<Schedule> read(Section job, String name, ZoneId zone) {
    List<Schedule> schedules = new ArrayList<>();
    Optional<YamlNode> node = job.node("schedule");
    List<YamlNode> nodes =
        node.isPresent() && node.get() instanceof YamlNode.Items items
            ? items.elements()
            : node.map(List::of).orElse(List.of());
    if (node.isPresent() && nodes.isEmpty()) {
      problems.error(
          node.get().origin(),
          "\"schedule\" is an empty list: say when the job is due, or leave the key out for a job on"
              + " demand");
    }
    for (YamlNode each : nodes) {
      if (each instanceof YamlNode.Scalar text && !text.isNothing()) {
        problems.error(
            text.origin(),
            "\"schedule\" is a single value, and must be a mapping, such as { every: 5m } or { cron: \"30 2 * * *\" }");
        continue;
      }
      Section.open(
              each,
              each.origin(),
              JobKeys.SCHEDULE,
              LaterKeys.none(),
              "schedule",
              job.place().in("\"schedule\" of " + job.place().description()),
              readers)
          .flatMap(section -> one(section, each.origin(), name, zone))
          .ifPresent(schedules::add);
    }
    return schedules;
  }

  private Optional<Schedule> one(Section section, Origin where, String name, ZoneId zone) {
    List<String> given = FORMS.stream().filter(section::has).toList();
    if (given.size() != 1) {
      problems.error(
          given.isEmpty() ? where : section.origin(given.get(1)),
          "a schedule has exactly one of " + String.join(", ", FORMS) + "; several make a list");
      return Optional.empty();
    }
    String form = given.get(0);
    boolean from = fits(section, form, "from", "every", "rrule");
    boolean dialect = fits(section, form, "dialect", "cron");
    Optional<Schedule> schedule =
        form(section, form)
            .flatMap(plain -> onDays(section, plain))
            .flatMap(plain -> jittered(section, plain))
            .filter(plain -> from && dialect);
    return schedule.filter(each -> isUsable(each, section, form, name, zone));
  }

  /** Checks that a key stands beside a form to which it belongs. */
  private boolean fits(Section section, String form, String key, String... forms) {
    if (!section.has(key) || List.of(forms).contains(form)) {
      return true;
    }
    problems.error(
        section.origin(key),
        "\""
            + key
            + "\" belongs to "
            + String.join(" and ", forms)
            + ", and means nothing with "
            + form);
    return false;
  }

  private Optional<Schedule> form(Section section, String form) {
    return switch (form) {
      case "every" -> every(section);
      case "daily" -> parsed("daily", section, "a time of day", "02:30", ScheduleReader::daily);
      case "cron" -> cron(section);
      case "rrule" -> rule(section);
      default -> parsed("at", section, "a moment", MOMENT, ScheduleReader::at);
    };
  }

  private Optional<Schedule> every(Section section) {
    Optional<Duration> interval = section.duration("every");
    if (interval.isEmpty()) {
      return Optional.empty();
    }
    try {
      return section.has("from")
          ? parsed("from", section, "a moment", MOMENT, from -> every(interval.get(), from))
          : interval.map(Schedule.Every::new);
    } catch (IllegalArgumentException e) {
      problems.error(
          section.valueOrigin("every"),
          section.has("from")
              ? "\"every\" is whole seconds from 1s to 3660d"
              : "\"every\" is whole seconds from 1s to 1d; for longer ones say with \"from\" what"
                  + " they count from");
      return Optional.empty();
    }
  }

  private static Schedule every(Duration interval, String from) {
    return HAS_OFFSET.matcher(from).matches()
        ? new Schedule.EveryFromInstant(interval, OffsetDateTime.parse(from).toInstant())
        : new Schedule.EveryFrom(interval, local(from));
  }

  private Optional<Schedule> cron(Section section) {
    Optional<String> text = section.text("cron");
    Optional<String> dialect = section.text("dialect");
    if (text.isEmpty() || dialect.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Schedule.Cron(text.get(), CronDialect.valueOf(dialect.get().toUpperCase(Locale.ROOT))));
  }

  private Optional<Schedule> rule(Section section) {
    Optional<String> text = section.text("rrule");
    if (text.isPresent() && !section.has("from")) {
      problems.error(
          section.origin("rrule"),
          "a rule needs \"from\", the local time of its first occasion (its DTSTART):"
              + " 2026-01-31T02:30");
      return Optional.empty();
    }
    return text.flatMap(
        rule ->
            parsed(
                "from",
                section,
                "a local time",
                "2026-01-31T02:30",
                from -> new Schedule.Recurring(rule, local(from))));
  }

  private Optional<Schedule> onDays(Section section, Schedule schedule) {
    if (!section.has("calendar")) {
      if (section.has("on-excluded")) {
        problems.error(
            section.origin("on-excluded"), "\"on-excluded\" means nothing without \"calendar\"");
        return Optional.empty();
      }
      return Optional.of(schedule);
    }
    Optional<DayCalendar> calendar = calendars.read(section, "calendar");
    Optional<String> excluded = section.text("on-excluded");
    if (calendar.isEmpty() || excluded.isEmpty()) {
      return Optional.empty();
    }
    if (schedule instanceof Schedule.AtInstant || schedule instanceof Schedule.EveryFromInstant) {
      problems.error(
          section.origin("calendar"),
          "a calendar has local days; write the time without an offset");
      return Optional.empty();
    }
    ExcludedPolicy policy =
        ExcludedPolicy.valueOf(excluded.get().toUpperCase(Locale.ROOT).replace('-', '_'));
    return calendar.map(days -> new Schedule.OnDays(schedule, days, policy));
  }

  private Optional<Schedule> jittered(Section section, Schedule schedule) {
    if (!section.has("jitter")) {
      return Optional.of(schedule);
    }
    Optional<Duration> jitter = section.duration("jitter");
    try {
      return jitter.map(length -> new Schedule.Jittered(schedule, length));
    } catch (IllegalArgumentException e) {
      problems.error(section.valueOrigin("jitter"), "\"jitter\" is whole seconds from 1s to 1d");
      return Optional.empty();
    }
  }

  /** Reports what makes no sense, warns of what may not, and returns whether it can be used. */
  private boolean isUsable(
      Schedule schedule, Section section, String form, String name, ZoneId zone) {
    try {
      for (Warning warning : ScheduleWords.warnings(schedule, name)) {
        problems.warning(
            origin(section, form, section.text(form).orElse(""), warning.offset()),
            warning.words());
      }
      boolean isDueAgain = Timetable.of(List.of(schedule), zone, name).next(now).isPresent();
      if (!isDueAgain) {
        problems.warning(section.origin(form), "it is never due again" + because(schedule));
      }
      return true;
    } catch (SchedulerException.InvalidSchedule e) {
      problems.error(origin(section, form, e.text(), e.offset()), String.valueOf(e.getMessage()));
      return false;
    }
  }

  private static String because(Schedule schedule) {
    Schedule inner =
        schedule instanceof Schedule.Jittered jittered ? jittered.schedule() : schedule;
    return inner instanceof Schedule.OnDays on
        ? "; perhaps calendar \"" + on.calendar().name() + "\" excludes all of its days"
        : "";
  }

  // The place inside of the text can be told where the value stands in the file as it is.
  private static Origin origin(Section section, String key, String text, int offset) {
    Origin value = section.valueOrigin(key);
    int inRaw = value.raw().indexOf(text);
    return inRaw < 0 ? value : value.from(value.start() + inRaw + offset);
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
    LocalTime time = LocalTime.parse(text);
    requireWholeSeconds(time);
    return new Schedule.Daily(time);
  }

  private static LocalDateTime local(String text) {
    LocalDateTime moment = LocalDateTime.parse(text);
    requireWholeSeconds(moment.toLocalTime());
    return moment;
  }

  private static void requireWholeSeconds(LocalTime time) {
    if (!time.equals(time.truncatedTo(ChronoUnit.SECONDS))) {
      throw new DateTimeException("it has a fraction of a second");
    }
  }

  private static Schedule at(String text) {
    return HAS_OFFSET.matcher(text).matches()
        ? new Schedule.AtInstant(OffsetDateTime.parse(text).toInstant())
        : new Schedule.At(local(text));
  }
}
