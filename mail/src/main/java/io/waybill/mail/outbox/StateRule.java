package io.waybill.mail.outbox;

import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Status;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Derives the state of an entry from what is known about its recipients; the rows have no other
 * say.
 */
final class StateRule {
  private static final List<Duration> DELAYS =
      List.of(
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofMinutes(30),
          Duration.ofHours(1),
          Duration.ofHours(2),
          Duration.ofHours(4));

  /** In the order in which they decide. */
  private static final List<Status> WEIGHT =
      List.of(Status.UNKNOWN, Status.DEFERRED, Status.NOT_ATTEMPTED, Status.REJECTED);

  private StateRule() {}

  static OutboxState of(List<RecipientResult> results) {
    Set<Status> seen = EnumSet.noneOf(Status.class);
    results.forEach(result -> seen.add(result.status()));
    if (seen.contains(Status.UNKNOWN)) {
      return OutboxState.UNKNOWN;
    }
    if (seen.contains(Status.DEFERRED)) {
      return OutboxState.DEFERRED;
    }
    if (seen.contains(Status.NOT_ATTEMPTED)) {
      return OutboxState.QUEUED;
    }
    if (seen.contains(Status.ACCEPTED)) {
      return seen.contains(Status.REJECTED) ? OutboxState.PARTIAL : OutboxState.SENT;
    }
    return OutboxState.FAILED;
  }

  static boolean wantsAttempt(Status status) {
    return status == Status.DEFERRED || status == Status.NOT_ATTEMPTED;
  }

  /** Says what is wrong with a recipient that was not accepted: one that decides the state. */
  static @Nullable String problem(List<RecipientResult> results) {
    return results.stream()
        .filter(result -> result.status() != Status.ACCEPTED)
        .min(Comparator.comparingInt(result -> WEIGHT.indexOf(result.status())))
        .map(RecipientResult::toString)
        .orElse(null);
  }

  /** The wait after the n-th attempt (from 1): 5 m, 15 m, 30 m, 1 h, 2 h, then 4 h for ever. */
  static Duration delayAfter(int attempts) {
    return DELAYS.get(Math.min(Math.max(attempts, 1), DELAYS.size()) - 1);
  }
}
