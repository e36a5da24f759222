package io.waybill.transfer.ftp;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.remote.RemoteTransfer;

/** Connects to FTP servers, in the clear or over TLS: passive, binary, UTF-8. */
public final class FtpTransfer {
  private FtpTransfer() {}

  /**
   * Connects and logs in.
   *
   * @throws TransferException.Connection if the server cannot be reached
   * @throws TransferException.Authentication if it refuses the login, or, over TLS, is not trusted
   * @throws TransferException.Refused if it does not offer the protection that is asked for
   */
  public static FileTransfer connect(FtpServer server) {
    return RemoteTransfer.connect(new FtpEndpoint(server));
  }
}
