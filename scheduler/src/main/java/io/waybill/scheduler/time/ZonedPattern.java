package io.waybill.scheduler.time;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lays a local pattern over the time line of a zone.
 *
 * <p>A local day is cut into stretches of one offset each. What a clock change does:
 *
 * <pre>
 *   New York, 2024-03-10, 02:00 -&gt; 03:00         New York, 2024-11-03, 02:00 -&gt; 01:00
 *   ...01:59 EST|  gap  |03:00 EDT...             ...01:59 EDT|01:00 EST ... 01:59 EST|02:00...
 *   fixed 02:30 -&gt; once, at 03:00 EDT             fixed 01:30 -&gt; once, at 01:30 EDT
 *   every 30 min: 01:30, 03:00                    every 30 min: 01:30 EDT, 01:00 EST, 01:30 EST
 * </pre>
 *
 * <p>An interval whose only times of a day are skipped fires once at the end of the gap too, so
 * that no day is lost. A day that the zone skips altogether (Apia, 2011-12-30) has no firing.
 */
final class ZonedPattern implements Source {
  // wider than any distance between local time and UTC
  private static final Duration REACH = Duration.ofHours(24);
  private static final Instant START = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("9998-12-31T00:00:00Z");

  private final LocalPattern pattern;
  private final ZoneRules rules;
  private final ZoneId zone;

  ZonedPattern(LocalPattern pattern, ZoneId zone) {
    this.pattern = pattern;
    this.zone = zone;
    this.rules = zone.getRules();
  }

  @Override
  public Optional<Instant> next(Instant after) {
    if (!after.isBefore(END)) {
      return Optional.empty();
    }
    Instant from = after.isBefore(START) ? START : after;
    // yesterday too: a clock set back over midnight makes it go on after today has begun
    Optional<LocalDate> day = pattern.nextDay(LocalDate.ofInstant(from, zone).minusDays(1));
    while (day.isPresent()) {
      Instant found = firstOn(day.get(), from);
      LocalDate tomorrow = day.get().plusDays(1);
      day = pattern.nextDay(tomorrow);
      if (found != null) {
        Instant rival = day.filter(tomorrow::equals).isPresent() ? firstOn(tomorrow, from) : null;
        return Optional.of(rival != null && rival.isBefore(found) ? rival : found);
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<LocalDateTime> skipped(Instant moment) {
    ZoneOffsetTransition change = rules.nextTransition(moment.minusNanos(1));
    if (change == null || !change.isGap() || !change.getInstant().equals(moment)) {
      return Optional.empty();
    }
    LocalDateTime end = change.getDateTimeAfter();
    boolean isMeantItself = firstAt(end).filter(end::equals).isPresent();
    return isMeantItself
        ? Optional.empty()
        : firstAt(change.getDateTimeBefore()).filter(time -> time.isBefore(end));
  }

  /** Returns the first local time of the pattern at or after one, clock changes left aside. */
  private Optional<LocalDateTime> firstAt(LocalDateTime time) {
    LocalDate today = time.toLocalDate();
    Optional<LocalDate> day = pattern.nextDay(today);
    if (day.filter(today::equals).isPresent()) {
      int second = pattern.nextSecond(today, time.toLocalTime().toSecondOfDay());
      if (second < LocalPattern.SECONDS_PER_DAY) {
        return Optional.of(today.atStartOfDay().plusSeconds(second));
      }
      day = pattern.nextDay(today.plusDays(1));
    }
    return day.map(found -> found.atStartOfDay().plusSeconds(pattern.nextSecond(found, 0)));
  }

  /** Returns the first firing that stands for a day with times and comes after the instant. */
  private @Nullable Instant firstOn(LocalDate day, Instant after) {
    LocalDateTime dayEnd = day.plusDays(1).atStartOfDay();
    Instant cursor = day.atStartOfDay().toInstant(ZoneOffset.UTC).minus(REACH);
    Instant horizon = dayEnd.toInstant(ZoneOffset.UTC).plus(REACH);
    LocalDateTime stretchStart = day.atStartOfDay();
    ZoneOffset offset = rules.getOffset(cursor);
    Instant skippedTo = null; // where an interval goes that has no other time on this day
    boolean hasTime = false;
    while (true) {
      ZoneOffsetTransition change = rules.nextTransition(cursor);
      boolean last = change == null || !change.getInstant().isBefore(horizon);
      LocalDateTime stretchEnd = last ? dayEnd : change.getDateTimeBefore();
      Instant found = firstWithin(day, stretchStart, stretchEnd, offset, after);
      if (found != null) {
        return found;
      }
      hasTime |= hasTimeBetween(day, stretchStart, stretchEnd);
      if (last) {
        return hasTime || skippedTo == null || !skippedTo.isAfter(after) ? null : skippedTo;
      }
      boolean interval = pattern.isIntervalAcross(change.getDuration().abs());
      if (change.isGap() && skips(day, change)) {
        if (!interval && change.getInstant().isAfter(after)) {
          return change.getInstant();
        }
        skippedTo = change.getInstant();
      }
      cursor = change.getInstant();
      offset = change.getOffsetAfter();
      stretchStart = interval ? change.getDateTimeAfter() : later(change);
    }
  }

  private @Nullable Instant firstWithin(
      LocalDate day, LocalDateTime start, LocalDateTime end, ZoneOffset offset, Instant after) {
    LocalDateTime earliest = LocalDateTime.ofEpochSecond(after.getEpochSecond() + 1, 0, offset);
    LocalDateTime from = start.isAfter(earliest) ? start : earliest;
    int second = firstSecondBetween(day, from, end);
    return second == LocalPattern.SECONDS_PER_DAY
        ? null
        : day.atTime(LocalTime.ofSecondOfDay(second)).toInstant(offset);
  }

  private boolean hasTimeBetween(LocalDate day, LocalDateTime start, LocalDateTime end) {
    return firstSecondBetween(day, start, end) < LocalPattern.SECONDS_PER_DAY;
  }

  /** Returns whether the change skips a time of this day, and the day is there at all. */
  private boolean skips(LocalDate day, ZoneOffsetTransition gap) {
    return !ZoneDays.isWithin(day, gap)
        && hasTimeBetween(day, gap.getDateTimeBefore(), gap.getDateTimeAfter());
  }

  private int firstSecondBetween(LocalDate day, LocalDateTime start, LocalDateTime end) {
    LocalDateTime dayStart = day.atStartOfDay();
    LocalDateTime dayEnd = dayStart.plusDays(1);
    LocalDateTime from = start.isBefore(dayStart) ? dayStart : start;
    LocalDateTime to = end.isAfter(dayEnd) ? dayEnd : end;
    if (!from.isBefore(to)) {
      return LocalPattern.SECONDS_PER_DAY;
    }
    int found = pattern.nextSecond(day, from.toLocalTime().toSecondOfDay());
    int limit = to.equals(dayEnd) ? LocalPattern.SECONDS_PER_DAY : to.toLocalTime().toSecondOfDay();
    return found < limit ? found : LocalPattern.SECONDS_PER_DAY;
  }

  /** Returns where fixed times go on: after an overlap not before the repeated stretch is over. */
  private static LocalDateTime later(ZoneOffsetTransition change) {
    return change.isOverlap() ? change.getDateTimeBefore() : change.getDateTimeAfter();
  }
}
