package io.waybill.transfer;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many bytes a second may go, at which time of the day.
 *
 * <pre>
 * limit     = rate / timetable
 * timetable = entry *( SP entry )          each day, from that time on until the next entry's
 * entry     = HH ":" MM "," rate
 * rate      = "off" / number [ unit ] [ "/s" ]
 * unit      = "B" / "KiB" / "MiB" / "GiB"  without one, bytes
 * </pre>
 *
 * <p>Worked: {@code 08:00,512KiB/s 19:00,off} lets 524,288 bytes a second go at 12:00 and at 08:00,
 * and any number at 19:00 and at 07:59. Rates are from 1 KiB/s on.
 */
public final class RateLimit {
  /** What {@link #bytesPerSecond} says when there is no limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private static final long LEAST = 1024;
  private static final int MOST_ENTRIES = 48;
  private static final RateLimit NONE =
      new RateLimit(Map.of(LocalTime.MIN, UNLIMITED), ZoneOffset.UTC);
  private static final Pattern RATE = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB)?(?:/s)?");
  private static final Pattern ENTRY = Pattern.compile("(\\d{2}):(\\d{2}),(\\S+)");

  private final TreeMap<LocalTime, Long> rates;
  private final ZoneId zone;

  private RateLimit(Map<LocalTime, Long> rates, ZoneId zone) {
    this.rates = new TreeMap<>(rates);
    this.zone = zone;
  }

  /** Returns no limit. */
  public static RateLimit unlimited() {
    return NONE;
  }

  /**
   * Reads a rate that holds at all times, such as {@code 10MiB/s}.
   *
   * @throws IllegalArgumentException if it is malformed or less than 1 KiB/s
   */
  public static RateLimit of(String rate) {
    return new RateLimit(Map.of(LocalTime.MIN, rate(rate)), ZoneOffset.UTC);
  }

  /**
   * Reads a rate or a timetable.
   *
   * @param zone whose time of day counts
   * @throws IllegalArgumentException if it is malformed, names a time twice, has more than 48
   *     entries, or a rate is less than 1 KiB/s
   */
  public static RateLimit parse(String text, ZoneId zone) {
    Objects.requireNonNull(zone, "zone");
    String[] entries = text.strip().split("\\s+", MOST_ENTRIES + 1);
    if (entries.length == 1 && text.indexOf(',') < 0) {
      return of(entries[0]);
    }
    if (entries.length > MOST_ENTRIES) {
      throw new IllegalArgumentException("a rate limit has more than 48 times of day");
    }
    Map<LocalTime, Long> rates = new TreeMap<>();
    for (String entry : entries) {
      Matcher parts = ENTRY.matcher(entry);
      if (!parts.matches()) {
        throw malformed(entry, "write HH:MM,RATE");
      }
      if (rates.put(time(entry, parts), rate(parts.group(3))) != null) {
        throw malformed(entry, "the time is there twice");
      }
    }
    return new RateLimit(rates, zone);
  }

  private static LocalTime time(String entry, Matcher parts) {
    try {
      return LocalTime.of(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
    } catch (DateTimeException e) {
      throw malformed(entry, "no such time of day");
    }
  }

  private static long rate(String text) {
    if (text.equals("off")) {
      return UNLIMITED;
    }
    Matcher parts = RATE.matcher(text);
    if (!parts.matches()) {
      throw malformed(text, "write for instance 512KiB/s, 10MiB/s or off");
    }
    String unit = parts.group(2) == null ? "B" : parts.group(2);
    int shift =
        switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    long number = Long.parseLong(parts.group(1));
    if (number > UNLIMITED >> shift || number << shift < LEAST) {
      throw malformed(text, "the least is 1KiB/s");
    }
    return number << shift;
  }

  private static IllegalArgumentException malformed(String text, String hint) {
    return new IllegalArgumentException("Not a rate limit: '" + text + "'; " + hint);
  }

  /** Returns how many bytes a second may go at that moment, {@link #UNLIMITED} for any number. */
  public long bytesPerSecond(Instant now) {
    Map.Entry<LocalTime, Long> since = rates.floorEntry(now.atZone(zone).toLocalTime());
    return (since == null ? rates.lastEntry() : since).getValue();
  }

  /** Says whether there never is a limit. */
  public boolean isUnlimited() {
    return rates.values().stream().allMatch(each -> each == UNLIMITED);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    rates.forEach(
        (time, rate) ->
            text.append(text.length() == 0 ? "" : " ")
                .append(String.format(Locale.ROOT, "%02d:%02d,", time.getHour(), time.getMinute()))
                .append(rate == UNLIMITED ? "off" : rate + "B/s"));
    return text.toString();
  }
}
