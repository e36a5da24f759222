package io.waybill.transfer.ftp;

import java.io.IOException;
import java.io.Serial;

/**
 * A data connection was refused as it resumed no TLS session, in the middle of what cannot be
 * repeated here; the next session speaks TLS 1.2.
 */
final class ReuseRefusedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  ReuseRefusedException(FtpReplyException refusal) {
    super(
        refusal.getMessage()
            + "; it wants TLS sessions to be resumed and gave none to resume under TLS 1.3, so TLS"
            + " 1.2 is tried",
        refusal);
  }
}
