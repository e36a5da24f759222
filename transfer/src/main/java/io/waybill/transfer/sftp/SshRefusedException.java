package io.waybill.transfer.sftp;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An SSH connection did not come to a session. */
final class SshRefusedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** Who refused, and what. */
  enum Reason {
    /** We: the server's key is not the one it should be, or not known. */
    HOST_KEY,
    /** The server: the user did not prove to be that user. */
    LOGIN,
    /** We: the user's key cannot be used, or the known hosts cannot be read or written. */
    SETTINGS,
    /** Both: no algorithm is known to both. */
    ALGORITHMS,
    /** The server: it has too many connections. */
    BUSY,
    /** The server: this user has no SFTP. */
    NO_SFTP
  }

  private final Reason reason;

  SshRefusedException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
