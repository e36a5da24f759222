package io.waybill.transfer.sftp;

import java.io.IOException;
import java.io.Serial;

/** The server sent what no SFTP server may send. */
final class SftpProtocolException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  SftpProtocolException(String message) {
    super(message);
  }
}
