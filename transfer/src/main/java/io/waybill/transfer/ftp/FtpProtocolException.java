package io.waybill.transfer.ftp;

import java.io.IOException;
import java.io.Serial;

/** The server sent what no FTP server may send. */
final class FtpProtocolException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  FtpProtocolException(String message) {
    super(message);
  }

  FtpProtocolException(String message, RuntimeException cause) {
    super(message, cause);
  }
}
