package io.waybill.mail.imap;

import io.waybill.mail.inbox.PollReport;
import java.time.Instant;
import java.util.Optional;

/**
 * How a watcher is.
 *
 * @param state what it does
 * @param lastProofOfLife when the server last answered; older than two lengths of an IDLE, somebody
 *     should look
 * @param failures how often in a row it failed
 * @param lastError why it failed last
 * @param lastPoll what the last poll did
 */
public record WatcherHealth(
    State state,
    Optional<Instant> lastProofOfLife,
    int failures,
    Optional<String> lastError,
    Optional<PollReport> lastPoll) {
  /** What a watcher does. */
  public enum State {
    /** It connects, or looks at the folder and handles what there is. */
    POLLING,
    /** It waits for the server to say that mail has come. */
    IDLE,
    /** It waits to look again: the server has no IDLE, or another process has the folder. */
    WAITING,
    /** It failed, and waits to try again. */
    PAUSING,
    /** It was stopped. */
    STOPPED
  }
}
