package io.waybill.transfer.http;

import java.io.IOException;
import java.io.Serial;

/** The server sent what no HTTP server may send, or what cannot be used. */
final class HttpProtocolException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  HttpProtocolException(String message) {
    super(message);
  }
}
