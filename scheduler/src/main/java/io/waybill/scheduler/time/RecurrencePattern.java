package io.waybill.scheduler.time;

import io.waybill.scheduler.SchedulerException.InvalidSchedule;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dmfs.rfc5545.DateTime;
import org.dmfs.rfc5545.recur.Freq;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRuleIterator;

/**
 * The times of a recurrence rule, RFC 5545 3.3.10; the only class that knows the library for them.
 *
 * <p>The library walks from the start, and gives up after a thousand periods without a time. Rules
 * by days and weeks are therefore begun anew, in step, close to where an answer is wanted; those by
 * months and years have few periods. A rule with a COUNT is written out once.
 */
final class RecurrencePattern implements LocalPattern {
  private static final int MAX_COUNT = 10_000;
  private static final int MAX_INTERVAL = 1000;
  // each 5 minutes of a day; the library writes all times of a period out
  private static final int MAX_TIMES_A_DAY = 288;
  private static final int GIVEN_UP_AFTER = 1000;
  private static final int LONGEST_WAIT_YEARS = 400;

  private final RecurrenceRule rule;
  private final LocalDateTime from;
  private final LocalDateTime until;
  private final List<LocalDateTime> counted;

  private RecurrencePattern(
      RecurrenceRule rule, LocalDateTime from, LocalDateTime until, List<LocalDateTime> counted) {
    this.rule = rule;
    this.from = from;
    this.until = until;
    this.counted = counted;
  }

  /**
   * Reads a rule.
   *
   * @param from its DTSTART
   * @param zone in which an UNTIL that ends with Z is read
   * @throws InvalidSchedule if it is not one, could not be worked out in bounded time, or is never
   *     due
   */
  static RecurrencePattern of(String text, LocalDateTime from, ZoneId zone) {
    RecurrenceText parts = RecurrenceText.parse(text);
    RecurrenceRule rule = rule(text, parts);
    requireBounded(parts, rule);
    LocalDateTime until = parts.until(zone).orElse(LocalDate.of(LAST_YEAR, 12, 31).atStartOfDay());
    List<LocalDateTime> counted = rule.getCount() == null ? List.of() : written(parts, rule, from);
    RecurrencePattern pattern = new RecurrencePattern(rule, from, until, counted);
    if (pattern.next(from).isEmpty()) {
      throw parts.invalid("FREQ", "it is never due: no time at or after its start fits it");
    }
    return pattern;
  }

  private static RecurrenceRule rule(String text, RecurrenceText parts) {
    try {
      return new RecurrenceRule(parts.withoutUntil(), RecurrenceRule.RfcMode.RFC5545_STRICT);
    } catch (InvalidRecurrenceRuleException | IllegalArgumentException e) {
      throw new InvalidSchedule(text, 0, "this is no rule of RFC 5545: " + e.getMessage());
    }
  }

  private static void requireBounded(RecurrenceText parts, RecurrenceRule rule) {
    if (rule.getFreq() == Freq.HOURLY
        || rule.getFreq() == Freq.MINUTELY
        || rule.getFreq() == Freq.SECONDLY) {
      throw parts.invalid(
          "FREQ",
          "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY here; write shorter intervals with every or"
              + " cron, or times of the day with BYHOUR and BYMINUTE");
    }
    if (rule.getInterval() > MAX_INTERVAL) {
      throw parts.invalid("INTERVAL", "INTERVAL is at most " + MAX_INTERVAL);
    }
    Integer count = rule.getCount();
    if (count != null && count > MAX_COUNT) {
      throw parts.invalid("COUNT", "COUNT is at most " + MAX_COUNT);
    }
    int times = 1;
    for (String part : List.of("BYHOUR", "BYMINUTE", "BYSECOND")) {
      times *= Math.max(1, parts.values(part).size());
    }
    if (times > MAX_TIMES_A_DAY) {
      throw parts.invalid(
          "BYHOUR", "it has " + times + " times a day, more than " + MAX_TIMES_A_DAY);
    }
  }

  private static List<LocalDateTime> written(
      RecurrenceText parts, RecurrenceRule rule, LocalDateTime from) {
    List<LocalDateTime> all = new ArrayList<>();
    try {
      RecurrenceRuleIterator times = rule.iterator(floating(from));
      while (times.hasNext() && all.size() < MAX_COUNT) {
        all.add(local(times.nextMillis()));
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw parts.invalid("COUNT", "COUNT is not reached: " + e.getMessage());
    }
    return all;
  }

  private Optional<LocalDateTime> next(LocalDateTime moment) {
    LocalDateTime wanted = moment.isBefore(from) ? from : moment;
    Optional<LocalDateTime> found =
        rule.getCount() == null
            ? search(wanted)
            : counted.stream().filter(time -> !time.isBefore(wanted)).findFirst();
    return found.filter(time -> !time.isAfter(until));
  }

  private Optional<LocalDateTime> search(LocalDateTime wanted) {
    LocalDateTime anchor = anchor(wanted);
    LocalDateTime limit = wanted.plusYears(LONGEST_WAIT_YEARS);
    while (anchor.isBefore(limit) && !anchor.isAfter(until)) {
      try {
        return from(anchor, wanted);
      } catch (IllegalArgumentException | IllegalStateException e) {
        // the library's ways to give up
        if (period().isEmpty()) {
          return Optional.empty();
        }
        anchor = anchor.plusDays((long) GIVEN_UP_AFTER * period().get());
      }
    }
    return Optional.empty();
  }

  private Optional<LocalDateTime> from(LocalDateTime anchor, LocalDateTime wanted) {
    RecurrenceRuleIterator times = rule.iterator(floating(anchor));
    times.fastForward(wanted.toInstant(ZoneOffset.UTC).toEpochMilli());
    while (times.hasNext()) {
      LocalDateTime time = local(times.nextMillis());
      if (!time.isBefore(wanted)) {
        return Optional.of(time).filter(found -> found.getYear() <= LAST_YEAR);
      }
    }
    return Optional.empty();
  }

  /** Returns a start that gives the same times as the rule's own, a period or two before a time. */
  private LocalDateTime anchor(LocalDateTime wanted) {
    if (period().isEmpty()) {
      return from;
    }
    long days = period().get();
    long ahead = Duration.between(from, wanted).toDays() / days - 2;
    return ahead > 0 ? from.plusDays(ahead * days) : from;
  }

  /** Returns the days of a period; empty if it has no fixed length. */
  private Optional<Integer> period() {
    if (rule.getFreq() == Freq.DAILY) {
      return Optional.of(rule.getInterval());
    }
    return rule.getFreq() == Freq.WEEKLY ? Optional.of(7 * rule.getInterval()) : Optional.empty();
  }

  private static DateTime floating(LocalDateTime time) {
    return new DateTime(
        time.getYear(),
        time.getMonthValue() - 1,
        time.getDayOfMonth(),
        time.getHour(),
        time.getMinute(),
        time.getSecond());
  }

  private static LocalDateTime local(long millis) {
    return LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000), 0, ZoneOffset.UTC);
  }

  @Override
  public Optional<LocalDate> nextDay(LocalDate day) {
    return next(day.atStartOfDay()).map(LocalDateTime::toLocalDate);
  }

  @Override
  public int nextSecond(LocalDate day, int secondOfDay) {
    return next(day.atStartOfDay().plusSeconds(secondOfDay))
        .filter(time -> time.toLocalDate().equals(day))
        .map(time -> time.toLocalTime().toSecondOfDay())
        .orElse(SECONDS_PER_DAY);
  }

  @Override
  public boolean isIntervalAcross(Duration change) {
    return false;
  }
}
