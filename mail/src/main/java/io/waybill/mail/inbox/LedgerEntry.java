package io.waybill.mail.inbox;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of one message that was to be handled.
 *
 * @param uid the message's UID
 * @param state how it stands
 * @param attempts how often it was given to a handler
 * @param identity by what it is known again where UIDs count anew; empty before it was read
 * @param after what is still to be done on the server
 * @param nextAttemptAt when it comes again; of what is pending only
 * @param lastError why it did not succeed
 */
public record LedgerEntry(
    long uid,
    State state,
    int attempts,
    String identity,
    AfterAction after,
    Optional<Instant> nextAttemptAt,
    Optional<String> lastError) {
  /** How a message stands. */
  public enum State {
    /** It waits to be handled. */
    PENDING,
    /** It was given to a handler, of which nothing was heard yet. */
    BEGUN,
    /** It was handled. */
    DONE,
    /** It was set aside. */
    QUARANTINED
  }

  /** Returns the entry of a message of which nothing is known yet. */
  public static LedgerEntry fresh(long uid) {
    return new LedgerEntry(
        uid, State.PENDING, 0, "", AfterAction.NONE, Optional.empty(), Optional.empty());
  }

  /** Returns the same entry of a message that is known by a name of its server's. */
  LedgerEntry identified(String name) {
    return new LedgerEntry(uid, state, attempts, name, after, nextAttemptAt, lastError);
  }

  /** Returns the entry of a message that is not to be handled. */
  LedgerEntry settled() {
    return new LedgerEntry(
        uid, State.DONE, attempts, identity, AfterAction.NONE, Optional.empty(), Optional.empty());
  }

  /** Returns the entry as it stands when a handler is given the message once more. */
  LedgerEntry begun() {
    return new LedgerEntry(
        uid, State.BEGUN, attempts + 1, identity, after, Optional.empty(), lastError);
  }

  /** Returns the entry as it stood before it was begun, and nobody was given the message. */
  public LedgerEntry givenBack() {
    return new LedgerEntry(
        uid, State.PENDING, attempts - 1, identity, AfterAction.NONE, Optional.empty(), lastError);
  }

  /** Returns the entry of a message that was set aside and is to be tried anew. */
  LedgerEntry released() {
    return new LedgerEntry(
        uid, State.PENDING, 0, identity, AfterAction.NONE, Optional.empty(), lastError);
  }

  /** Returns the entry when nothing more is to be done. */
  LedgerEntry finished() {
    return new LedgerEntry(
        uid, state, attempts, identity, AfterAction.NONE, Optional.empty(), lastError);
  }

  /** Returns the same message under the UID that it has now. */
  LedgerEntry renumbered(long newUid) {
    return new LedgerEntry(newUid, state, attempts, identity, after, nextAttemptAt, lastError);
  }

  /** Returns whether a handler has had it before. */
  boolean wasBegun() {
    return attempts > 0;
  }
}
