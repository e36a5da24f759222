package io.waybill.scheduler.quartz;

import io.waybill.scheduler.time.Timetable;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.ScheduleBuilder;
import org.quartz.impl.triggers.AbstractTrigger;
import org.quartz.spi.MutableTrigger;

/**
 * Fires by our own timetable, which is right about clock changes where Quartz's cron is not.
 *
 * <p>Quartz never applies a misfire rule to it: a late trigger fires once, for the oldest moment
 * that it missed, and goes on with the first moment in the future. What becomes of the moments in
 * between is decided by {@link Dispatcher}, which knows the job's policy and the history.
 */
public final class TimetableTrigger extends AbstractTrigger<TimetableTrigger> {
  private static final long serialVersionUID = 1L;

  /** Stands in the place of schedules that are too long for their column. */
  static final String CARRIED = "carried";

  private final String schedules;
  private final String zone;
  private transient @Nullable Timetable timetable;
  private Instant start = Instant.EPOCH;
  private @Nullable Instant end;
  private @Nullable Instant next;
  private @Nullable Instant previous;

  TimetableTrigger(String schedules, String zone) {
    this.schedules = schedules;
    this.zone = zone;
    setMisfireInstruction(MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY);
  }

  String schedules() {
    return schedules;
  }

  String zone() {
    return zone;
  }

  // what does not fit into the column is carried beside it, in the trigger's data
  private String whole() {
    return schedules.equals(CARRIED)
        ? String.valueOf(getJobDataMap().getString(JobText.SCHEDULES))
        : schedules;
  }

  private Optional<Instant> after(Instant moment) {
    if (timetable == null) {
      timetable = Timetable.of(ScheduleText.read(whole()), ZoneId.of(zone), getKey().getName());
    }
    return timetable.next(moment);
  }

  @Override
  public void triggered(@Nullable Calendar calendar) {
    previous = next;
    Instant now = Instant.now(); // the engine's own clock
    Instant from = next == null || next.isBefore(now) ? now : next;
    next = after(from).orElse(null);
  }

  @Override
  public @Nullable Date computeFirstFireTime(@Nullable Calendar calendar) {
    next = after(start.minusMillis(1)).orElse(null);
    return date(next);
  }

  @Override
  public void updateAfterMisfire(@Nullable Calendar calendar) {
    next = after(Instant.now()).orElse(null);
  }

  @Override
  public void updateWithNewCalendar(@Nullable Calendar calendar, long misfireThreshold) {
    // calendars are the timetable's business, not the engine's
  }

  @Override
  public @Nullable Date getFireTimeAfter(@Nullable Date moment) {
    return date(after(moment == null ? Instant.now() : moment.toInstant()).orElse(null));
  }

  @Override
  public boolean mayFireAgain() {
    return next != null;
  }

  @Override
  public @Nullable Date getFinalFireTime() {
    return null;
  }

  @Override
  public Date getStartTime() {
    return Date.from(start);
  }

  @Override
  public void setStartTime(Date moment) {
    start = moment.toInstant();
  }

  @Override
  public @Nullable Date getEndTime() {
    return date(end);
  }

  @Override
  public void setEndTime(@Nullable Date moment) {
    end = instant(moment);
  }

  @Override
  public @Nullable Date getNextFireTime() {
    return date(next);
  }

  @Override
  public void setNextFireTime(@Nullable Date moment) {
    next = instant(moment);
  }

  @Override
  public @Nullable Date getPreviousFireTime() {
    return date(previous);
  }

  @Override
  public void setPreviousFireTime(@Nullable Date moment) {
    previous = instant(moment);
  }

  @Override
  protected boolean validateMisfireInstruction(int instruction) {
    return instruction == MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY;
  }

  @Override
  public ScheduleBuilder<TimetableTrigger> getScheduleBuilder() {
    return new Builder(schedules, zone);
  }

  /** Makes the trigger when the engine reads it from the store. */
  static final class Builder extends ScheduleBuilder<TimetableTrigger> {
    private final String schedules;
    private final String zone;

    Builder(String schedules, String zone) {
      this.schedules = schedules;
      this.zone = zone;
    }

    @Override
    protected MutableTrigger build() {
      return new TimetableTrigger(schedules, zone);
    }
  }

  private static @Nullable Date date(@Nullable Instant moment) {
    return moment == null ? null : Date.from(moment);
  }

  private static @Nullable Instant instant(@Nullable Date moment) {
    return moment == null ? null : moment.toInstant();
  }
}
