package io.waybill.mail.inbox;

import java.util.Optional;

/**
 * What a poll did.
 *
 * @param handled messages that were handled
 * @param putOff messages that come again
 * @param quarantined messages that were set aside
 * @param unfinished messages that were handled and of which something on the server failed; it is
 *     tried again
 * @param isHeldElsewhere whether nothing was done because another process has the folder
 * @param notice what somebody should look at, as when UIDs count anew
 */
public record PollReport(
    int handled,
    int putOff,
    int quarantined,
    int unfinished,
    boolean isHeldElsewhere,
    Optional<String> notice) {
  /** Another process has the folder. */
  static final PollReport ELSEWHERE = new PollReport(0, 0, 0, 0, true, Optional.empty());
}
