package io.waybill.scheduler.time;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.SchedulerException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * A cron expression: a Unix one (minute, hour, day of month, month, day of week) unless another
 * {@linkplain CronDialect dialect} is named.
 *
 * <p>Each field is {@code *}, a value, a range {@code 1-5}, any of them with a step ({@code
 * *}{@code /15}, {@code 10-50/20}), or a list of those. Months and days of week may be named
 * ({@code jan}, {@code mon}). {@code H} is a value that depends on the job's name, {@code H(0-29)}
 * one of a range, {@code H/15} a step that begins at one. {@code @daily} and its like stand for
 * whole Unix and Spring expressions. The day fields of Quartz and Spring also have {@code ?},
 * {@code L}, {@code L-3}, {@code LW}, {@code 15W}, {@code 6L} and {@code 6#3}.
 *
 * <p>An expression with {@code *} or {@code /} in its minute or hour field is an interval, any
 * other has fixed times; they differ at clock changes. Immutable.
 */
public final class CronExpression {
  private final CronSource source;
  private final CronParser.Parsed parsed;

  private CronExpression(CronSource source) {
    this.source = source;
    this.parsed = new CronParser(source).parse();
  }

  /**
   * Reads a Unix expression of no job.
   *
   * @throws SchedulerException.InvalidSchedule if it is not one, means two things, or is never due;
   *     with the offset at which the trouble starts
   */
  public static CronExpression parse(String text) {
    return parse(text, CronDialect.UNIX);
  }

  /**
   * Reads an expression of no job, which has no {@code H}.
   *
   * @throws SchedulerException.InvalidSchedule as {@link #parse(String)} does
   */
  public static CronExpression parse(String text, CronDialect dialect) {
    return new CronExpression(new CronSource(text, dialect, Optional.empty()));
  }

  /**
   * Reads an expression of a job.
   *
   * @param job the name that {@code H} is taken from
   * @throws SchedulerException.InvalidSchedule as {@link #parse(String)} does
   */
  public static CronExpression parse(String text, CronDialect dialect, String job) {
    return new CronExpression(new CronSource(text, dialect, Optional.of(job)));
  }

  /** Returns the first moment after {@code after} at which it is due in the zone. */
  public Optional<Instant> next(Instant after, ZoneId zone) {
    return new ZonedPattern(pattern(), zone).next(after);
  }

  LocalPattern pattern() {
    return new CronPattern(parsed.fields());
  }

  /** Returns what it may mean besides what was meant, in the order of its fields. */
  public List<Warning> warnings() {
    return new CronTraps(source, parsed).find();
  }

  /** Returns it in English: {@code At 02:30 on Monday to Friday}. */
  public String inWords() {
    return CronWords.of(parsed.fields());
  }

  /** Returns whether its times keep their rhythm through a clock change. */
  public boolean isInterval() {
    return parsed.fields().interval();
  }

  /** Returns the expression as written. */
  @Override
  public String toString() {
    return source.text();
  }
}
