package io.waybill.jobs.log;

/** The last bytes of a log. */
public final class LogEnd {
  private final byte[] bytes;
  private final boolean isCut;

  LogEnd(byte[] bytes, boolean isCut) {
    this.bytes = bytes;
    this.isCut = isCut;
  }

  /** Returns them as UTF-8; they begin with a whole line. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Returns whether more stands before them. */
  public boolean isCut() {
    return isCut;
  }
}
