package io.waybill.jobs.expression;

import io.waybill.jobs.Secret;
import io.waybill.jobs.ValueType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What filters ask of the values they get. Dates are also read from text: a step's outputs are
 * plain, so that a date among them is text.
 */
final class Values {
  private static final long MOST_DAYS = 3_660_000;

  private Values() {}

  /** Returns the value as the file's reader would write it; a list with commas. */
  static String text(@Nullable Object value) {
    if (value instanceof Double number) {
      return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
    }
    if (value instanceof List<?> list) {
      return String.join(", ", list.stream().map(Values::text).toList());
    }
    if (value == null || value instanceof Map<?, ?> || value instanceof Secret) {
      throw new BadValueException("is " + describe(value) + ", and a text is needed");
    }
    return value.toString();
  }

  static BigDecimal number(@Nullable Object value) {
    if (value instanceof Long || value instanceof Integer || value instanceof Double) {
      return new BigDecimal(value.toString());
    }
    if (value instanceof String text) {
      return BigDecimal.valueOf((Double) ScalarParser.parse(text, ValueType.Scalar.NUMBER));
    }
    throw new BadValueException("is " + describe(value) + ", and a number is needed");
  }

  static boolean flag(@Nullable Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw new BadValueException("is " + describe(value) + ", and true or false is needed");
  }

  static List<?> list(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new BadValueException("is " + describe(value) + ", and a list is needed");
  }

  static long days(Object argument) {
    long days = ((Long) argument);
    if (Math.abs(days) > MOST_DAYS) {
      throw new BadValueException("cannot be moved by " + days + " days");
    }
    return days;
  }

  /** Returns a date or a moment in the zone. */
  static Temporal date(@Nullable Object value, ZoneId zone) {
    if (value instanceof LocalDate || value instanceof ZonedDateTime) {
      return (Temporal) value;
    }
    if (value instanceof Instant instant) {
      return instant.atZone(zone);
    }
    if (value instanceof String text) {
      try {
        return text.indexOf('T') < 0
            ? LocalDate.parse(text)
            : ZonedDateTime.parse(text).withZoneSameInstant(zone);
      } catch (DateTimeParseException e) {
        throw new BadValueException(
            "is " + ScalarParser.quote(text) + ", and a date such as 2026-01-31 is needed");
      }
    }
    throw new BadValueException("is " + describe(value) + ", and a date is needed");
  }

  static Temporal plusDays(@Nullable Object value, long days, ZoneId zone) {
    try {
      return date(value, zone).plus(days, ChronoUnit.DAYS);
    } catch (DateTimeException e) {
      throw new BadValueException("cannot be moved by " + days + " days: " + e.getMessage());
    }
  }

  /**
   * Matches without backtracking into an earlier star, so no pattern takes more than length times
   * length steps.
   */
  static boolean fitsGlob(String text, String glob) {
    int t = 0;
    int g = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (g < glob.length() && glob.charAt(g) == '*') {
        star = g++;
        resume = t;
      } else if (g < glob.length() && (glob.charAt(g) == '?' || glob.charAt(g) == text.charAt(t))) {
        g++;
        t++;
      } else if (star >= 0) {
        g = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (g < glob.length() && glob.charAt(g) == '*') {
      g++;
    }
    return g == glob.length();
  }

  static String describe(@Nullable Object value) {
    if (value == null) {
      return "nothing";
    }
    if (value instanceof String text) {
      return "the text " + ScalarParser.quote(text);
    }
    if (value instanceof List<?>) {
      return "a list";
    }
    if (value instanceof Map<?, ?>) {
      return "a mapping";
    }
    if (value instanceof Secret) {
      return "a secret";
    }
    return ScalarParser.quote(value.toString());
  }
}
