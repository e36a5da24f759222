package io.waybill.mail.outbox;

import io.waybill.mail.MailException;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what an operator decides about an entry that nobody is at work on. */
final class Decisions {
  private static final Logger log = LoggerFactory.getLogger(Decisions.class);

  static final String OPERATOR = "by an operator";
  private static final String GIVEN_UP = "given up by an operator";
  private static final String MAY_HAVE_IT = "given up by an operator; may have it all the same";

  private final OutboxStore store;
  private final InstantSource clock;
  private final Duration usualLifetime;

  Decisions(OutboxStore store, InstantSource clock, Duration usualLifetime) {
    this.store = store;
    this.clock = clock;
    this.usualLifetime = usualLifetime;
  }

  /** What waits is due now; who was refused, or not reached in time, is tried again. */
  OutboxEntry retry(OutboxEntry entry) {
    switch (entry.state()) {
      case SENDING -> throw busy(entry);
      case SENT -> throw conflict(entry, "is SENT: there is nobody to try again");
      case UNKNOWN ->
          throw conflict(
              entry,
              "is UNKNOWN: the recipients may have it; look there, then resolve it as sent, resend"
                  + " or drop");
      case QUEUED, DEFERRED, PARTIAL, FAILED, EXPIRED -> {}
    }
    List<RecipientResult> results =
        mapped(
            entry,
            result ->
                result.status() == Status.ACCEPTED || isGivenUp(result)
                    ? result
                    : RecipientResult.of(
                        result.recipient(), Status.NOT_ATTEMPTED, result.phase(), null));
    if (results.stream().noneMatch(result -> result.status() == Status.NOT_ATTEMPTED)) {
      throw conflict(entry, "was given up by an operator: send the message anew, if it must be");
    }
    return decide(entry, results, "tried again by an operator", newExpiry(entry));
  }

  /** As long again as it was to be tried at first. */
  private Instant newExpiry(OutboxEntry entry) {
    return clock.instant().plus(entry.lifetime().orElse(usualLifetime));
  }

  /** That is for good: some of them may have the message. */
  private static boolean isGivenUp(RecipientResult result) {
    return result.why().filter(why -> why.equals(GIVEN_UP) || why.equals(MAY_HAVE_IT)).isPresent();
  }

  /** Who has not got it never will. */
  OutboxEntry drop(OutboxEntry entry) {
    if (entry.state() == OutboxState.SENDING) {
      throw busy(entry);
    }
    if (entry.state() == OutboxState.UNKNOWN) {
      return resolve(entry, Resolution.DROP, OPERATOR);
    }
    if (entry.pending().isEmpty()) {
      throw conflict(entry, "is " + entry.state() + ": nothing of it waits to be sent");
    }
    List<RecipientResult> results =
        mapped(
            entry,
            result ->
                StateRule.wantsAttempt(result.status())
                    ? RecipientResult.local(result.recipient(), Status.REJECTED, GIVEN_UP)
                    : result);
    return decide(entry, results, GIVEN_UP, null);
  }

  /**
   * Decides about what is unknown.
   *
   * @param by who does, as in "by an operator"
   */
  OutboxEntry resolve(OutboxEntry entry, Resolution resolution, String by) {
    if (entry.state() == OutboxState.SENDING) {
      throw busy(entry);
    }
    if (entry.state() != OutboxState.UNKNOWN) {
      throw conflict(entry, "is " + entry.state() + ": only UNKNOWN entries can be resolved");
    }
    List<RecipientResult> results =
        mapped(
            entry,
            result -> result.status() == Status.UNKNOWN ? resolved(result, resolution) : result);
    Instant expiresAt = resolution == Resolution.RESEND ? newExpiry(entry) : null;
    return decide(entry, results, "resolved as " + resolution + " " + by, expiresAt);
  }

  private static RecipientResult resolved(RecipientResult result, Resolution resolution) {
    return switch (resolution) {
      case SENT -> RecipientResult.of(result.recipient(), Status.ACCEPTED, result.phase(), null);
      case RESEND ->
          RecipientResult.of(result.recipient(), Status.NOT_ATTEMPTED, result.phase(), null);
      case DROP -> RecipientResult.local(result.recipient(), Status.REJECTED, MAY_HAVE_IT);
    };
  }

  private OutboxEntry decide(
      OutboxEntry entry, List<RecipientResult> results, String how, @Nullable Instant expiresAt) {
    OutboxState state = StateRule.of(results);
    OutboxEntry decided =
        store.overrule(
            entry,
            new OutboxStore.Outcome(state, results, how, null, OutboxStore.Tries.of(entry)),
            expiresAt,
            clock.instant());
    log.info(
        "outbox.decided id={} from={} to={} how=\"{}\"", entry.id(), entry.state(), state, how);
    return decided;
  }

  private static List<RecipientResult> mapped(
      OutboxEntry entry, UnaryOperator<RecipientResult> change) {
    return entry.recipients().stream().map(change).toList();
  }

  private static MailException busy(OutboxEntry entry) {
    return new MailException.OutboxConflict(
        entry.id(), "is being sent at this moment: wait for that to end", true);
  }

  private static MailException conflict(OutboxEntry entry, String why) {
    return new MailException.OutboxConflict(entry.id(), why, false);
  }
}
