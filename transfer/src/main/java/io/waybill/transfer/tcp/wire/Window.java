package io.waybill.transfer.tcp.wire;

/**
 * How much a sender may have outstanding on one stream, as its receiver sees it: grows while the
 * sender waits for credit and the receiver for bytes, both at once. Then the window is what limits,
 * and neither the line nor the disk. Pure; one thread tells it of chunks.
 *
 * <p>Worked: 8 MiB at 250 MB/s with a round trip of 200 ms arrive in 34 ms, and then nothing comes
 * for 166 ms. The chunk after that is the first starved one, 166 of 200 ms were idle: 16 MiB. What
 * was sent before that was heard of is not looked at; the 16 MiB after it had 132 of 200 ms idle:
 * 32 MiB. On a line of 20 MB/s with the same round trip there is no gap, and the window stays.
 */
final class Window {
  /** Shorter waits are what the line and the threads do anyway. */
  private static final long LEAST_WAIT_NANOS = 1_000_000;

  /** The least share of the time that was idle, as one part of so many. */
  private static final int LEAST_SHARE = 16;

  private final Room room;
  private long bytes = Limits.WINDOW_START_BYTES;
  private long taken = bytes;
  private long arrived;
  private long settling;
  private long idleNanos;
  private long since;

  /**
   * Has the size that a HELLO gives, at any rate: what the streams of a session begin with is not
   * refused.
   *
   * @param nanos now
   */
  Window(Room room, long nanos) {
    this.room = room;
    this.since = nanos;
    room.add(bytes);
  }

  /** What the windows of one session have together. Safe for use by several threads. */
  static final class Room {
    private long used;

    private synchronized void add(long more) {
      used += more;
    }

    private synchronized boolean grow(long more) {
      if (more > Limits.WINDOW_LIMIT_BYTES - used) {
        return false;
      }
      used += more;
      return true;
    }
  }

  long bytes() {
    return bytes;
  }

  /**
   * A chunk has arrived.
   *
   * @param cost what it took of the credit
   * @param isStarved whether its sender had to wait for credit before
   * @param waitedNanos how long its header was waited for
   * @param nanos now
   * @return how much more credit to give than the chunk cost
   */
  long arrived(long cost, boolean isStarved, long waitedNanos, long nanos) {
    if (settling > 0) { // what is on the way was sent before the last growth was heard of
      settling -= cost;
      since = nanos;
      return 0;
    }
    arrived += cost;
    if (!isStarved) {
      return 0;
    }
    if (waitedNanos >= LEAST_WAIT_NANOS) {
      idleNanos += waitedNanos;
    }
    if (arrived < bytes) {
      return 0;
    }
    boolean isTooSmall = idleNanos > 0 && idleNanos >= (nanos - since) / LEAST_SHARE;
    arrived = 0;
    idleNanos = 0;
    since = nanos;
    return isTooSmall ? grow() : 0;
  }

  private long grow() {
    long more = bytes;
    if (!room.grow(more)) {
      return 0;
    }
    settling = bytes;
    bytes += more;
    taken += more;
    return more;
  }

  /** The stream has ended; its room is free for others. */
  void close() {
    room.add(-taken);
    taken = 0;
  }
}
