package io.waybill.scheduler.time;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A date or time of an event, RFC 5545 3.3.4 and 3.3.5.
 *
 * @param local midnight for a date
 * @param zone in which it is meant; empty for dates and floating times, which are the same
 *     everywhere
 */
record IcsTime(LocalDateTime local, boolean isDate, Optional<ZoneId> zone) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss", Locale.ROOT);
  private static final int FIRST_YEAR = 1900;

  /** Reads the values of a line, separated by commas. */
  static List<IcsTime> all(IcsLine line) {
    List<IcsTime> times = new ArrayList<>();
    for (String value : line.value().split(",", -1)) {
      times.add(one(line, value.strip()));
    }
    return times;
  }

  static IcsTime one(IcsLine line) {
    return one(line, line.value());
  }

  private static IcsTime one(IcsLine line, String value) {
    try {
      IcsTime time = parse(line, value);
      int year = time.local().getYear();
      if (year >= FIRST_YEAR && year < IcsReader.HORIZON_YEAR) {
        return time;
      }
      throw line.invalid("the year " + year + " is not one of 1900 to 2099");
    } catch (DateTimeException e) {
      throw line.invalid(line.name() + " is no date or time: \"" + value + "\"");
    }
  }

  private static IcsTime parse(IcsLine line, String value) {
    if (!value.contains("T")) {
      LocalDate date = LocalDate.parse(value, DateTimeFormatter.BASIC_ISO_DATE);
      return new IcsTime(date.atStartOfDay(), true, Optional.empty());
    }
    if (value.endsWith("Z")) {
      return new IcsTime(
          LocalDateTime.parse(value.substring(0, value.length() - 1), TIME),
          false,
          Optional.of(ZoneOffset.UTC));
    }
    // a zone that the file defines itself is taken as floating: its days hardly differ
    Set<String> known = ZoneId.getAvailableZoneIds();
    Optional<ZoneId> zone =
        Optional.ofNullable(line.parameters().get("TZID")).filter(known::contains).map(ZoneId::of);
    return new IcsTime(LocalDateTime.parse(value, TIME), false, zone);
  }

  /** Returns the same on another day. */
  IcsTime on(LocalDate day) {
    return new IcsTime(day.atTime(local.toLocalTime()), isDate, zone);
  }

  /** Returns its wall clock in a zone. */
  LocalDateTime in(ZoneId wanted) {
    return zone.map(own -> LocalDateTime.ofInstant(instant(own), wanted)).orElse(local);
  }

  private Instant instant(ZoneId own) {
    return local.atZone(own).toInstant();
  }
}
