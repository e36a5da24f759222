package io.waybill.transfer.sftp;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.remote.RemoteTransfer;

/** Connects to SFTP servers. */
public final class SftpTransfer {
  private SftpTransfer() {}

  /**
   * Connects, checks the server's key and logs in.
   *
   * @throws TransferException.Connection if the server cannot be reached
   * @throws TransferException.Authentication if its key is unknown or another than it should be, or
   *     if it refuses the login
   * @throws TransferException.Configuration if a key file cannot be used
   */
  public static FileTransfer connect(SftpServer server) {
    return RemoteTransfer.connect(new SftpEndpoint(server));
  }
}
