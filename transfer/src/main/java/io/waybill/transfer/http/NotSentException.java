package io.waybill.transfer.http;

import io.waybill.transfer.remote.RefusedByPeerException;
import java.io.Serial;

/** A request was not sent: HTTP cannot do it, or cannot name what it is about. */
final class NotSentException extends RefusedByPeerException {
  @Serial private static final long serialVersionUID = 1L;

  NotSentException(String message) {
    super(message, null);
  }
}
