package io.waybill.scheduler.time;

import io.waybill.scheduler.SchedulerException.InvalidSchedule;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A recurrence rule cut into its parts, {@code NAME=VALUE;...}, in the order as written. */
final class RecurrenceText {
  private static final int MAX_LENGTH = 400;
  private static final String PREFIX = "RRULE:";
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss", Locale.ROOT);

  private final String text;
  private final Map<String, Part> parts;

  private record Part(String value, int offset) {}

  private RecurrenceText(String text, Map<String, Part> parts) {
    this.text = text;
    this.parts = parts;
  }

  static RecurrenceText parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new InvalidSchedule(
          text, MAX_LENGTH, "a rule has at most " + MAX_LENGTH + " characters");
    }
    int offset = text.toUpperCase(Locale.ROOT).startsWith(PREFIX) ? PREFIX.length() : 0;
    Map<String, Part> parts = new LinkedHashMap<>();
    for (String part : text.substring(offset).split(";", -1)) {
      int equals = part.indexOf('=');
      String name = part.substring(0, Math.max(equals, 0)).toUpperCase(Locale.ROOT);
      if (name.isEmpty() || part.contains("DTSTART") || part.chars().anyMatch(c -> c <= ' ')) {
        throw new InvalidSchedule(text, offset, complaint(part));
      }
      if (parts.put(name, new Part(part.substring(equals + 1), offset)) != null) {
        throw new InvalidSchedule(text, offset, name + " stands there twice");
      }
      offset += part.length() + 1;
    }
    RecurrenceText whole = new RecurrenceText(text, parts);
    if (!parts.containsKey("FREQ")) {
      throw new InvalidSchedule(text, 0, "a rule has a FREQ: FREQ=MONTHLY;BYDAY=-1FR");
    }
    return whole;
  }

  private static String complaint(String part) {
    return part.toUpperCase(Locale.ROOT).contains("DTSTART")
        ? "only the rule stands here; its DTSTART is the key from"
        : "a rule is NAME=VALUE;NAME=VALUE without blanks, as FREQ=MONTHLY;BYDAY=-1FR";
  }

  Optional<String> value(String name) {
    return Optional.ofNullable(parts.get(name)).map(Part::value);
  }

  List<String> values(String name) {
    return value(name).map(value -> List.of(value.split(",", -1))).orElse(List.of());
  }

  /** Returns the rule without its UNTIL, which the library takes in fewer forms than people do. */
  String withoutUntil() {
    return parts.entrySet().stream()
        .filter(part -> !part.getKey().equals("UNTIL"))
        .map(part -> part.getKey() + "=" + part.getValue().value())
        .collect(Collectors.joining(";"));
  }

  /**
   * Returns the last local time at which it can be due: a date means all of that day, a time with Z
   * is one of UTC.
   */
  Optional<LocalDateTime> until(ZoneId zone) {
    Optional<String> value = value("UNTIL");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (parts.containsKey("COUNT")) {
      throw invalid("UNTIL", "a rule ends by COUNT or by UNTIL, not by both");
    }
    try {
      return value.map(end -> until(end, zone));
    } catch (DateTimeException e) {
      throw invalid(
          "UNTIL", "UNTIL is a date or time: 20271231, 20271231T090000 or 20271231T080000Z");
    }
  }

  private static LocalDateTime until(String end, ZoneId zone) {
    if (end.endsWith("Z")) {
      Instant last =
          LocalDateTime.parse(end.substring(0, end.length() - 1), LOCAL).toInstant(ZoneOffset.UTC);
      return LocalDateTime.ofInstant(last, zone);
    }
    return end.contains("T")
        ? LocalDateTime.parse(end, LOCAL)
        : LocalDate.parse(end, DateTimeFormatter.BASIC_ISO_DATE).atTime(LocalTime.MAX);
  }

  InvalidSchedule invalid(String name, String problem) {
    Part part = parts.get(name);
    return new InvalidSchedule(text, part == null ? 0 : part.offset(), problem);
  }
}
