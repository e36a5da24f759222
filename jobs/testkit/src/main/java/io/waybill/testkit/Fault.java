package io.waybill.testkit;

/** What a {@link FaultyProxy} does to a connection when its byte count reaches the plan's. */
public enum Fault {
  /** Closes both sides in order (FIN), as a peer that ends early does. */
  CUT,
  /** Resets both sides (RST), as a peer that crashed or a firewall that forgot does. */
  RESET,
  /**
   * Forwards nothing more in the plan's direction and keeps both sides open until the proxy closes,
   * as a black hole does.
   */
  STALL,
  /** Inverts every bit of the one byte that follows; the length stays right. */
  CORRUPT_ONE_BYTE,
  /** Leaves out the next {@value FaultyProxy#OMITTED_BYTES} bytes and forwards the rest. */
  OMIT_BYTES,
  /**
   * Ends the plan's direction (FIN) and discards what still comes in it; the other direction goes
   * on.
   */
  HALF_CLOSE,
  /** Holds the plan's direction for the plan's delay, once, then goes on. */
  DELAY,
  /**
   * Resets the connection as soon as it is accepted, before the target sees it; direction and byte
   * count do not matter. (A port that nobody listens on could not count the attempts.)
   */
  REFUSE
}
