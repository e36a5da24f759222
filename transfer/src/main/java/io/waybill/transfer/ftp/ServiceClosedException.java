package io.waybill.transfer.ftp;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The server said 421: it closes the connection, or did not want it in the first place. */
final class ServiceClosedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  ServiceClosedException(String reply, @Nullable Throwable cause) {
    super("The server said '%s'".formatted(FtpReplyException.shown(reply)), cause);
  }
}
