package io.waybill.scheduler.quartz;

import io.waybill.scheduler.time.Timetable;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
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
  // the engine sorts by these
  private Date start = Date.from(Instant.EPOCH);
  private @Nullable Date end;
  private @Nullable Date next;
  private @Nullable Date previous;

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

  private @Nullable Date firstAfter(Instant moment) {
    if (timetable == null) {
      timetable = Timetable.of(ScheduleText.read(whole()), ZoneId.of(zone), getKey().getName());
    }
    return timetable.next(moment).map(Date::from).orElse(null);
  }

  @Override
  public void triggered(@Nullable Calendar calendar) {
    previous = next;
    Instant now = Instant.now(); // the engine's own clock
    Instant from = next == null || next.toInstant().isBefore(now) ? now : next.toInstant();
    next = firstAfter(from);
  }

  @Override
  public @Nullable Date computeFirstFireTime(@Nullable Calendar calendar) {
    next = firstAfter(start.toInstant().minusMillis(1));
    return next;
  }

  @Override
  public void updateAfterMisfire(@Nullable Calendar calendar) {
    next = firstAfter(Instant.now());
  }

  @Override
  public void updateWithNewCalendar(@Nullable Calendar calendar, long misfireThreshold) {
    // calendars are the timetable's business, not the engine's
  }

  @Override
  public @Nullable Date getFireTimeAfter(@Nullable Date moment) {
    return firstAfter(moment == null ? Instant.now() : moment.toInstant());
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
    return start;
  }

  @Override
  public void setStartTime(Date moment) {
    start = moment;
  }

  @Override
  public @Nullable Date getEndTime() {
    return end;
  }

  @Override
  public void setEndTime(@Nullable Date moment) {
    end = moment;
  }

  @Override
  public @Nullable Date getNextFireTime() {
    return next;
  }

  @Override
  public void setNextFireTime(@Nullable Date moment) {
    next = moment;
  }

  @Override
  public @Nullable Date getPreviousFireTime() {
    return previous;
  }

  @Override
  public void setPreviousFireTime(@Nullable Date moment) {
    previous = moment;
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
}
