package io.waybill.jobs.measure;

import java.util.Arrays;

/**
 * What is usual: the median of a series, and how far its values lie from that.
 *
 * <p>Of 10, 11, 12, 13, 300 the median is 12 and the distances from it are 2, 1, 0, 1, 288; their
 * median, 1, times 1.4826 is the deviation, which the 300 does not change.
 *
 * @param median of the values
 * @param deviation the median of their distances from it, times 1.4826, which makes it the standard
 *     deviation where they are normally distributed
 */
record Baseline(double median, double deviation) {
  private static final double TO_STANDARD_DEVIATION = 1.4826;

  /** Returns what is usual in a series of one value at least. */
  static Baseline of(long[] values) {
    double median = median(Arrays.stream(values).asDoubleStream().toArray());
    double[] distances = Arrays.stream(values).mapToDouble(v -> Math.abs(v - median)).toArray();
    return new Baseline(median, TO_STANDARD_DEVIATION * median(distances));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
