package io.waybill.transfer.ftp;

import io.waybill.transfer.remote.RefusedByPeerException;
import java.io.Serial;

/** A command was not sent, because its argument would have been read as something else. */
final class CommandRefusedException extends RefusedByPeerException {
  @Serial private static final long serialVersionUID = 1L;

  CommandRefusedException(String verb) {
    super(
        "Not sent: the argument of "
            + verb
            + " holds a line break, NUL or a character that cannot be encoded",
        null);
  }
}
