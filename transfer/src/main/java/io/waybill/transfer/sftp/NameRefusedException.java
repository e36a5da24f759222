package io.waybill.transfer.sftp;

import io.waybill.transfer.remote.RefusedByPeerException;
import java.io.Serial;

/** A request was not sent, because its name would have been read as another one. */
final class NameRefusedException extends RefusedByPeerException {
  @Serial private static final long serialVersionUID = 1L;

  NameRefusedException(Throwable cause) {
    super("Not sent: the name holds a character that cannot be encoded", cause);
  }

  NameRefusedException() {
    super("Not sent: the name holds NUL or is longer than 32 KiB", null);
  }
}
