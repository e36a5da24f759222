package io.waybill.transfer.tcp.access;

import java.io.IOException;

/** Says that no more of something may be open at once. */
public final class CapReachedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Names what is counted. */
  public enum Cap {
    /** Open connections in all. */
    CONNECTIONS("connections are open"),
    /** Open connections that have not logged in. */
    BEFORE_LOGIN("connections wait for their login"),
    /** Open connections from one address. */
    ADDRESS("connections are open from this address"),
    /** Open connections of one user. */
    USER("connections are open for this user"),
    /** Connections of one address before login. */
    ADDRESS_BEFORE_LOGIN("connections from this address wait for their login"),
    /** Open sessions. */
    SESSIONS("sessions are open");

    private final String words;

    Cap(String words) {
      this.words = words;
    }
  }

  private final Cap cap;
  private final int limit;

  CapReachedException(Cap cap, int limit) {
    super(limit + " " + cap.words + ", no more are allowed; try again when one has closed");
    this.cap = cap;
    this.limit = limit;
  }

  /** Returns what was counted. */
  public Cap cap() {
    return cap;
  }

  /** Returns how many are allowed. */
  public int limit() {
    return limit;
  }
}
