package io.waybill.scheduler;

import java.time.ZoneId;
import java.util.List;
import java.util.Objects;

/**
 * A job as the scheduler knows it: a name and when it is due.
 *
 * @param name unique in the store, 1 to 150 characters
 * @param schedules when it is due; empty for a job that only runs when triggered; moments that
 *     coincide fire once
 * @param zone the zone in which local times are meant
 * @param missed what becomes of firings that could not happen in time
 * @param overlap what becomes of a firing whose job still has a live run
 */
public record ScheduledJob(
    String name,
    List<Schedule> schedules,
    ZoneId zone,
    MissedPolicy missed,
    OverlapPolicy overlap) {

  private static final int MAX_NAME = 150;

  /**
   * Copies the schedules.
   *
   * @throws IllegalArgumentException if the name is blank or longer than 150 characters
   */
  public ScheduledJob {
    Objects.requireNonNull(zone, "zone");
    Objects.requireNonNull(missed, "missed");
    Objects.requireNonNull(overlap, "overlap");
    schedules = List.copyOf(schedules);
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          "a job name has 1 to " + MAX_NAME + " characters, not \"" + name + "\"");
    }
  }

  /** Makes a job with the default policies: missed run-once within 6 hours, overlap skip. */
  public ScheduledJob(String name, Schedule schedule, ZoneId zone) {
    this(name, List.of(schedule), zone, MissedPolicy.runOnce(), OverlapPolicy.SKIP);
  }
}
