package io.waybill.jobs.measure;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * What is measured of a run's steps, without its hooks.
 *
 * @param durationMillis how long at least one of them was at work; waits between attempts are not
 *     in it
 * @param bytes moved by them
 * @param files that they have copied, moved, made or deleted
 * @param latencyMillis the longest that something a check looked at took; empty if nothing was
 *     checked
 */
public record RunMeasure(long durationMillis, long bytes, long files, OptionalLong latencyMillis) {
  public RunMeasure {
    if (durationMillis < 0 || bytes < 0 || files < 0 || latencyMillis.orElse(0) < 0) {
      throw new IllegalArgumentException("below zero");
    }
    Objects.requireNonNull(latencyMillis, "latencyMillis");
  }
}
