package io.waybill.jobs.daemon;

import io.waybill.jobs.config.JobFileWatch.Look;
import java.util.Optional;

/**
 * Decides when files are read: when they differ from what was taken or refused last, and have
 * looked the same twice, as an editor that empties a file before it writes is in between.
 */
final class LookHistory {
  private Optional<Look> judged;
  private Optional<Look> last = Optional.empty();

  /**
   * Begins.
   *
   * @param judged what was taken at the start; empty if that is not known
   */
  LookHistory(Optional<Look> judged) {
    this.judged = judged;
  }

  /** Takes a look, and says whether what was seen is to be read. */
  boolean isToBeRead(Look look) {
    boolean isSettled = last.equals(Optional.of(look));
    last = Optional.of(look);
    return isSettled && !judged.equals(last);
  }

  /** Notes that what was seen was taken, or refused for good. */
  void judged(Look look) {
    judged = Optional.of(look);
    last = judged;
  }
}
