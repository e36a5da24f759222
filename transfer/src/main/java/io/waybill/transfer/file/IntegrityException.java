package io.waybill.transfer.file;

import java.io.IOException;
import java.io.Serial;

/** Bytes, a size, a digest or an identity are not what they should be. */
public final class IntegrityException extends IOException {
  @Serial private static final long serialVersionUID = 1L;
  private final String expected;
  private final String actual;

  /** Tells what differs: the message is {@code <what>: expected <expected>, found <actual>}. */
  public IntegrityException(String what, String expected, String actual) {
    super("%s: expected %s, found %s".formatted(what, expected, actual));
    this.expected = expected;
    this.actual = actual;
  }

  /** Returns what should have been. */
  public String expected() {
    return expected;
  }

  /** Returns what was. */
  public String actual() {
    return actual;
  }
}
