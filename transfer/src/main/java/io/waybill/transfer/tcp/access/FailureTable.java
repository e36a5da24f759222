package io.waybill.transfer.tcp.access;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps failure logs by key, a bounded number of them: the one unused longest goes first. */
final class FailureTable<K, T> {
  private final LinkedHashMap<K, FailureLog<T>> logs = new LinkedHashMap<>(16, 0.75f, true);
  private final int most;
  private final Duration window;

  FailureTable(int most, Duration window) {
    this.most = most;
    this.window = window;
  }

  /** Returns the log of {@code key}, null if there is nothing to remember. */
  @Nullable FailureLog<T> find(K key, Instant now) {
    FailureLog<T> log = logs.get(key);
    if (log != null && log.expired(now, window)) {
      logs.remove(key);
      return null;
    }
    return log;
  }

  FailureLog<T> make(K key, Instant now) {
    FailureLog<T> log = find(key, now);
    if (log != null) {
      return log;
    }
    dropOld(now);
    FailureLog<T> made = new FailureLog<>();
    logs.put(key, made);
    return made;
  }

  /**
   * Drops up to two expired ones, so that old ones go faster than new ones come, and one if full.
   */
  private void dropOld(Instant now) {
    for (int i = 0; i < 2 && !logs.isEmpty(); i++) {
      Iterator<Map.Entry<K, FailureLog<T>>> eldest = logs.entrySet().iterator();
      boolean expired = eldest.next().getValue().expired(now, window);
      if (!expired && logs.size() < most) {
        return;
      }
      eldest.remove();
    }
  }

  int size() {
    return logs.size();
  }
}
