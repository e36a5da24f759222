package io.waybill.jobs.exec;

import java.time.Duration;

/**
 * How a program ended.
 *
 * @param exitCode its own, or 128 and the number of the signal that ended it
 * @param out what it has written to standard output
 * @param err what it has written to standard error
 * @param took from its start to its end
 */
public record ProgramEnd(int exitCode, Captured out, Captured err, Duration took) {
  /**
   * What was kept of a stream, without secrets.
   *
   * @param text its beginning
   * @param last its last line that is not blank
   * @param isCut whether there was more than was to be kept
   */
  public record Captured(String text, String last, boolean isCut) {}
}
