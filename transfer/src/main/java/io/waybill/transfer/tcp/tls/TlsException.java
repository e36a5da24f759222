package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Says that the peer does not speak TLS 1.3 with {@code waybill/1}, or broke it off. */
public final class TlsException extends IOException {
  private static final long serialVersionUID = 1L;

  TlsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
