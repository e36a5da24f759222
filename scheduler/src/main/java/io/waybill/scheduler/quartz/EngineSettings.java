package io.waybill.scheduler.quartz;

import java.time.Duration;

/**
 * How firings are made.
 *
 * @param threads how many firings are handled at the same time
 * @param onTime how late a firing may be before it counts as missed
 */
public record EngineSettings(int threads, Duration onTime) {
  /** Eight threads; a minute late is on time. */
  public static final EngineSettings DEFAULT = new EngineSettings(8, Duration.ofMinutes(1));

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if there is no thread, or {@code onTime} is negative
   */
  public EngineSettings {
    if (threads < 1 || onTime.isNegative()) {
      throw new IllegalArgumentException("threads is at least 1, onTime is not negative");
    }
  }
}
