package io.waybill.transfer.tcp.access;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Remembers the failures of one address or user name within a window, the latest few of them. */
final class FailureLog<T> {
  private record Failure<T>(Instant when, @Nullable T with) {}

  private final Deque<Failure<T>> failures = new ArrayDeque<>();
  private @Nullable Instant bannedUntil;

  /** Adds a failure that was made with {@code with} and keeps the latest {@code most}. */
  void add(Instant when, @Nullable T with, int most) {
    failures.addLast(new Failure<>(when, with));
    if (failures.size() > most) {
      failures.removeFirst();
    }
  }

  void forget(T with) {
    failures.removeIf(failure -> with.equals(failure.with()));
  }

  void ban(Instant until) {
    bannedUntil = until;
    failures.clear();
  }

  @Nullable Instant bannedUntil() {
    return bannedUntil;
  }

  @Nullable Instant last() {
    Failure<T> last = failures.peekLast();
    return last == null ? null : last.when();
  }

  int count() {
    return failures.size();
  }

  /** Drops what is over and tells whether nothing is left. */
  boolean expired(Instant now, Duration window) {
    if (bannedUntil != null && !now.isBefore(bannedUntil)) {
      bannedUntil = null;
    }
    Instant from = now.minus(window);
    while (!failures.isEmpty() && !failures.getFirst().when().isAfter(from)) {
      failures.removeFirst();
    }
    return bannedUntil == null && failures.isEmpty();
  }
}
