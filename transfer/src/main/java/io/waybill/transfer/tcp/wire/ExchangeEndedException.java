package io.waybill.transfer.tcp.wire;

import java.io.IOException;

/** An exchange was ended while there was work on it; the connection goes on. */
public final class ExchangeEndedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says of which exchange. */
  public ExchangeEndedException(String message) {
    super(message);
  }
}
