package io.waybill.jobs.measure;

/**
 * One way in which a run is unlike those before.
 *
 * @param text with both figures: {@code 12 kB instead of the usual 3.1 MB}
 * @param isFailing whether the run fails for it
 */
public record Anomaly(String text, boolean isFailing) {}
