package io.waybill.mail.inbox;

import io.waybill.mail.inbox.LedgerEntry.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Hears what a handler says of one message, and makes of it what is written down. */
final class Answer implements Ack {
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofHours(1),
          Duration.ofHours(4));
  private static final int MOST_SHOWN = 500;

  private State state = State.DONE;
  private @Nullable String why;
  private @Nullable Duration pause;

  @Override
  public void done() {
    state = State.DONE;
    why = null;
  }

  @Override
  public void retryLater(String reason) {
    state = State.PENDING;
    why = reason;
    pause = null;
  }

  @Override
  public void retryLater(String reason, Duration after) {
    retryLater(reason);
    pause = after.isNegative() ? Duration.ZERO : after;
  }

  @Override
  public void quarantine(String reason) {
    state = State.QUARANTINED;
    why = reason;
  }

  /** Returns what becomes of an entry that was begun. */
  LedgerEntry conclude(LedgerEntry begun, String identity, PollSpec spec, Instant now) {
    boolean isLast = state == State.PENDING && begun.attempts() >= spec.attempts();
    State end = isLast ? State.QUARANTINED : state;
    Optional<Instant> next =
        end == State.PENDING ? Optional.of(now.plus(pause(begun.attempts()))) : Optional.empty();
    return new LedgerEntry(
        begun.uid(),
        end,
        begun.attempts(),
        identity,
        end == State.DONE ? spec.after() : AfterAction.NONE,
        next,
        Optional.ofNullable(why)
            .map(text -> text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) : text));
  }

  private Duration pause(int attempts) {
    return pause != null ? pause : PAUSES.get(Math.min(attempts, PAUSES.size()) - 1);
  }
}
