package io.waybill.scheduler;

import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job as the scheduler knows it: a name, when it is due, and what may keep it from running. */
public final class ScheduledJob {
  private static final int MAX_NAME = 150;

  private final String name;
  private final List<Schedule> schedules;
  private final ZoneId zone;
  private final MissedPolicy missed;
  private final OverlapPolicy overlap;
  private final Optional<ConcurrencyLimit> limit;

  private ScheduledJob(Builder builder) {
    name = builder.name;
    schedules = builder.schedules;
    zone = builder.zone;
    missed = builder.missed;
    overlap = builder.overlap;
    limit = Optional.ofNullable(builder.limit);
  }

  /**
   * Returns a builder of a job that only runs when triggered, with the default policies: missed
   * run-once within 6 hours, overlap skip.
   *
   * @param name unique in the store, 1 to 150 characters
   * @param zone the zone in which local times are meant
   * @throws IllegalArgumentException if the name is blank or longer than 150 characters
   */
  public static Builder builder(String name, ZoneId zone) {
    return new Builder(name, zone);
  }

  /** Returns a job of one schedule with the default policies; as {@link #builder}. */
  public static ScheduledJob of(String name, Schedule schedule, ZoneId zone) {
    return builder(name, zone).schedules(List.of(schedule)).build();
  }

  /** Returns its name. */
  public String name() {
    return name;
  }

  /** Returns when it is due; empty for a job that only runs when triggered. */
  public List<Schedule> schedules() {
    return schedules;
  }

  /** Returns the zone in which local times are meant. */
  public ZoneId zone() {
    return zone;
  }

  /** Returns what becomes of firings that could not happen in time. */
  public MissedPolicy missed() {
    return missed;
  }

  /** Returns what becomes of a firing whose job still has a live run. */
  public OverlapPolicy overlap() {
    return overlap;
  }

  /** Returns the limit that it shares with other jobs. */
  public Optional<ConcurrencyLimit> limit() {
    return limit;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScheduledJob that
        && name.equals(that.name)
        && schedules.equals(that.schedules)
        && zone.equals(that.zone)
        && missed.equals(that.missed)
        && overlap == that.overlap
        && limit.equals(that.limit);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, schedules, zone, missed, overlap, limit);
  }

  @Override
  public String toString() {
    return "ScheduledJob[name=%s, schedules=%s, zone=%s, missed=%s, overlap=%s, limit=%s]"
        .formatted(
            name,
            schedules,
            zone,
            missed,
            overlap,
            limit.map(ConcurrencyLimit::toString).orElse("none"));
  }

  /** Builds a {@link ScheduledJob}. */
  public static final class Builder {
    private final String name;
    private final ZoneId zone;
    private List<Schedule> schedules = List.of();
    private MissedPolicy missed = MissedPolicy.runOnce();
    private OverlapPolicy overlap = OverlapPolicy.SKIP;
    private @Nullable ConcurrencyLimit limit;

    private Builder(String name, ZoneId zone) {
      if (name.isBlank() || name.length() > MAX_NAME) {
        throw new IllegalArgumentException(
            "a job name has 1 to " + MAX_NAME + " characters, not \"" + name + "\"");
      }
      this.name = name;
      this.zone = Objects.requireNonNull(zone, "zone");
    }

    /** Sets when it is due; moments that coincide fire once. */
    public Builder schedules(List<Schedule> value) {
      schedules = List.copyOf(value);
      return this;
    }

    /** Sets what becomes of firings that could not happen in time. */
    public Builder missed(MissedPolicy value) {
      missed = Objects.requireNonNull(value, "missed");
      return this;
    }

    /** Sets what becomes of a firing whose job still has a live run. */
    public Builder overlap(OverlapPolicy value) {
      overlap = Objects.requireNonNull(value, "overlap");
      return this;
    }

    /** Sets the limit that it shares with other jobs (default: none). */
    public Builder limit(@Nullable ConcurrencyLimit value) {
      limit = value;
      return this;
    }

    /** Returns the job. */
    public ScheduledJob build() {
      return new ScheduledJob(this);
    }
  }
}
