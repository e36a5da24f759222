package io.waybill.transfer.examples;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.ftp.FtpServer;
import io.waybill.transfer.ftp.FtpTransfer;
import io.waybill.transfer.ftp.Protection;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Logs in to a server of a house that has its own authority. */
public final class ConnectByFtps {
  private ConnectByFtps() {}

  /** Connects. */
  public static FileTransfer connect(
      String host, int port, Path authorities, String user, Supplier<String> secret)
      throws IOException {
    return FtpTransfer.connect(
        FtpServer.builder()
            .host(host)
            .port(port) // without it 21, or 990 for IMPLICIT
            .protection(Protection.EXPLICIT)
            .trust(ServerTrust.authorities(authorities)) // or pin(...), or Java's own without it
            .credentials(new Credentials(user, secret))
            .build());
  }
}
