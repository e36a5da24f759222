package io.waybill.transfer.http;

import java.io.IOException;
import java.io.Serial;

/**
 * The server sends another version of a file than the one it told of: whoever looks again finds out
 * whether it changed for good.
 */
final class VersionChangedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  VersionChangedException(String message) {
    super(message);
  }
}
