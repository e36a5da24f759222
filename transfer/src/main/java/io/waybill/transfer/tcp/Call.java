package io.waybill.transfer.tcp;

/** What one call of a client remembers from one connection to the next. */
final class Call {
  private final String what;
  private final String path;
  private final boolean isRepeatable;
  private volatile boolean hasProgressed;
  private boolean wasCommitted;
  private int begun;
  private int reconnects;

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

  /** The bytes are begun once more. */
  void begin() {
    begun++;
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
  }

  boolean wasCommitted() {
    return wasCommitted;
  }
}
