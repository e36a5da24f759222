package io.waybill.jobs.config;

import io.waybill.scheduler.DayCalendar;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.time.IcsDays;
import io.waybill.scheduler.time.IcsReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads which days count. */
final class CalendarReader {
  static final List<String> WEEKDAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final int MAX_BYTES = 1 << 20;
  private static final int WARNED_DAYS_BEFORE = 60;

  private final Map<String, Path> directories;
  private final Section.Readers readers;
  private final ZoneId zone;
  private final LocalDate today;
  private final List<Path> files = new ArrayList<>();

  /**
   * Makes the reader.
   *
   * @param directories by the file's name: where the files that it names are looked for
   * @param zone in which the days of events begin
   * @param today in that zone
   */
  CalendarReader(
      Map<String, Path> directories, Section.Readers readers, ZoneId zone, LocalDate today) {
    this.directories = directories;
    this.readers = readers;
    this.zone = zone;
    this.today = today;
  }

  /** Returns the files of events that were read. */
  List<Path> files() {
    return List.copyOf(files);
  }

  /** Returns the calendars by name; a wrong one is empty, so that its users are not blamed. */
  Map<String, Optional<DayCalendar>> read(Section top) {
    Map<String, Optional<DayCalendar>> calendars = new LinkedHashMap<>();
    for (YamlNode.Entry entry : Names.entries(top, "calendars", readers)) {
      boolean named = Names.check(entry, Names.PLAIN, "a calendar", readers.problems());
      Optional<DayCalendar> calendar =
          Section.open(
                  entry.value(),
                  entry.key().origin(),
                  TopLevelKeys.CALENDAR,
                  LaterKeys.none(),
                  entry.name(),
                  top.place().in("calendar \"" + entry.name() + "\""),
                  readers)
              .filter(section -> named)
              .flatMap(section -> calendar(entry, section));
      calendars.put(entry.name(), calendar);
    }
    return calendars;
  }

  private Optional<DayCalendar> calendar(YamlNode.Entry entry, Section section) {
    DayCalendar.Builder calendar = DayCalendar.builder(entry.name());
    Optional<List<String>> weekdays = section.texts("weekdays");
    weekdays.ifPresent(days -> calendar.weekdays(weekdays(days)));
    section
        .texts("exclude")
        .ifPresent(days -> days.forEach(day -> exclude(day, section, calendar)));
    section
        .texts("ics")
        .ifPresent(files -> files.forEach(file -> addFile(file, section, calendar)));
    try {
      return Optional.of(calendar.build());
    } catch (IllegalArgumentException e) {
      readers.problems().error(entry.key().origin(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Set<DayOfWeek> weekdays(List<String> names) {
    EnumSet<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    names.forEach(name -> days.add(DayOfWeek.of(WEEKDAYS.indexOf(name) + 1)));
    return days;
  }

  private void exclude(String day, Section section, DayCalendar.Builder calendar) {
    try {
      if (day.matches("[0-9]{2}-[0-9]{2}")) {
        calendar.exclude(MonthDay.parse("--" + day));
      } else {
        calendar.exclude(LocalDate.parse(day));
      }
    } catch (DateTimeException e) {
      readers
          .problems()
          .error(
              section.valueOrigin("exclude"),
              "\"exclude\" is days: \""
                  + day
                  + "\" is none; write 12-25 for each year, 2027-03-26 for one");
    }
  }

  private void addFile(String file, Section section, DayCalendar.Builder calendar) {
    Origin where = section.valueOrigin("ics");
    Path directory = directories.getOrDefault(where.source().name(), Path.of(""));
    try {
      Path path = directory.resolve(file);
      files.add(path);
      IcsDays days = IcsReader.read(text(path), zone);
      days.dates().forEach(calendar::exclude);
      if (days.dates().isEmpty()) {
        warn(file, "has no event that counts: holidays are not in it", where);
      }
      days.knownUntil()
          .ifPresent(
              end -> {
                calendar.knownUntil(end);
                warnOfItsEnd(file, end, where);
              });
    } catch (SchedulerException.InvalidSchedule e) {
      readers.problems().error(where, "\"" + file + "\": " + e.getMessage());
    } catch (RegularFile.IsNone e) {
      readers.problems().error(where, "\"" + file + "\" " + e.getMessage());
    } catch (IOException | InvalidPathException e) {
      readers
          .problems()
          .error(
              where,
              "\""
                  + file
                  + "\" cannot be read: "
                  + reason(e)
                  + "; it is looked for in "
                  + (directory.toString().isEmpty() ? "." : directory));
    }
  }

  private static String reason(Exception failure) {
    return failure instanceof NoSuchFileException ? "it is not there" : failure.getMessage() + "";
  }

  // one byte more than the reader takes is enough to be refused
  private static String text(Path path) throws IOException {
    try (InputStream in = RegularFile.open(path)) {
      return new String(in.readNBytes(MAX_BYTES + 1), StandardCharsets.UTF_8);
    }
  }

  private void warnOfItsEnd(String file, LocalDate end, Origin where) {
    if (end.isBefore(today.plusDays(WARNED_DAYS_BEFORE))) {
      warn(file, "ends on " + end + ": later holidays are not in it", where);
    }
  }

  private void warn(String file, String what, Origin where) {
    readers
        .problems()
        .warning(where, "\"" + file + "\" " + what + " and count as other days; add them");
  }
}
