package io.waybill.transfer.tcp;

import io.waybill.transfer.tcp.wire.Watchdog;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one call of a client remembers from one connection to the next. */
final class Call {
  private final String what;
  private final String path;
  private final boolean isRepeatable;
  private volatile boolean hasProgressed;
  private boolean wasCommitted;
  private volatile @Nullable Stall stall;
  private volatile String endpoint = "";
  private int begun;
  private int reconnects;

  /** What ends a try that makes no progress. */
  private record Stall(Watchdog watchdog, Duration allowed) {
    void restart() {
      watchdog.startReading("progress", allowed);
    }
  }

  private Call(String what, String path, boolean isRepeatable) {
    this.what = what;
    this.path = path;
    this.isRepeatable = isRepeatable;
  }

  /**
   * A call that may be made again when its answer is lost.
   *
   * @param what what is being done, for messages
   * @param path the remote path it is about
   */
  static Call repeatable(String what, String path) {
    return new Call(what, path, true);
  }

  /** A call that may not be made again when its answer is lost: it may have worked. */
  static Call once(String what, String path) {
    return new Call(what, path, false);
  }

  String what() {
    return what;
  }

  String path() {
    return path;
  }

  boolean isRepeatable() {
    return isRepeatable;
  }

  /** It is done over a connection to that host now. */
  void at(String host) {
    endpoint = host;
  }

  /** The host in use, for messages. */
  String endpoint() {
    return endpoint;
  }

  /** From {@link #begin} on, that long without progress ends the try. */
  void watch(Watchdog watchdog, Duration allowed) {
    stall = new Stall(watchdog, allowed);
  }

  /** A try is over. */
  void unwatch() {
    stall = null;
  }

  /** The bytes are begun once more. */
  synchronized void begin() {
    begun++;
    alive();
  }

  /** Something was done that counts as progress here, though nothing travelled. */
  synchronized void alive() {
    Stall now = stall;
    if (now != null) {
      now.restart();
    }
  }

  /** All bytes are there; what is left to wait for has limits of its own. */
  synchronized void complete() {
    Stall now = stall;
    if (now != null) {
      stall = null;
      now.watchdog.stopReading();
    }
  }

  int begun() {
    return begun;
  }

  /** A connection was made again. */
  void reconnected() {
    reconnects++;
  }

  int reconnects() {
    return reconnects;
  }

  /** A chunk arrived. */
  void progressed() {
    hasProgressed = true;
    alive();
  }

  /** Says whether a chunk arrived since this was last asked. */
  boolean takeProgress() {
    boolean had = hasProgressed;
    hasProgressed = false;
    return had;
  }

  /** COMMIT goes out: from now on the file may be there without our knowing. */
  void committing() {
    wasCommitted = true;
    complete();
  }

  boolean wasCommitted() {
    return wasCommitted;
  }
}
