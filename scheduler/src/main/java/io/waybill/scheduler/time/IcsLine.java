package io.waybill.scheduler.time;

import io.waybill.scheduler.SchedulerException.InvalidSchedule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A content line, RFC 5545 3.1: {@code NAME;PARAMETER=VALUE:VALUE}.
 *
 * @param number of the line of the file, from 1
 */
record IcsLine(int number, String name, Map<String, String> parameters, String value) {
  private static final int MAX_LENGTH = 10_000;

  /** Reads the lines of a file, folded ones put together; those that are none are left out. */
  static List<IcsLine> all(String text) {
    List<IcsLine> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int number = 0;
    int start = 1;
    for (String physical : text.split("\r?\n|\r", -1)) {
      number++;
      boolean folded = physical.startsWith(" ") || physical.startsWith("\t");
      if (folded && line.length() + physical.length() <= MAX_LENGTH) {
        line.append(physical, 1, physical.length());
      } else if (!folded) {
        parse(line.toString(), start).ifPresent(lines::add);
        line.setLength(0);
        line.append(physical, 0, Math.min(physical.length(), MAX_LENGTH));
        start = number;
      }
    }
    parse(line.toString(), start).ifPresent(lines::add);
    return lines;
  }

  private static Optional<IcsLine> parse(String line, int number) {
    int colon = valueStart(line);
    if (colon < 0) {
      return Optional.empty();
    }
    String[] head = line.substring(0, colon).split(";", -1);
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 1; i < head.length; i++) {
      int equals = head[i].indexOf('=');
      if (equals > 0) {
        parameters.put(
            head[i].substring(0, equals).toUpperCase(Locale.ROOT),
            head[i].substring(equals + 1).replace("\"", ""));
      }
    }
    return Optional.of(
        new IcsLine(
            number,
            head[0].strip().toUpperCase(Locale.ROOT),
            parameters,
            line.substring(colon + 1).strip()));
  }

  /** Returns where the first colon is that does not stand in quotes. */
  private static int valueStart(String line) {
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ':' && !quoted) {
        return i;
      }
    }
    return -1;
  }

  boolean is(String wantedName, String wantedValue) {
    return name.equals(wantedName) && value.equalsIgnoreCase(wantedValue);
  }

  InvalidSchedule invalid(String problem) {
    return new InvalidSchedule(value, 0, "line " + number + ": " + problem);
  }
}
