package io.waybill.transfer.tcp;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.ftp.FtpSandbox;
import io.waybill.transfer.ftp.FtpTransfer;
import io.waybill.transfer.http.HttpSandbox;
import io.waybill.transfer.http.HttpTransfer;
import io.waybill.transfer.remote.RemoteTransfer;
import io.waybill.transfer.sftp.SftpSandbox;
import io.waybill.transfer.sftp.SftpTransfer;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.SocketFactory;

/** A server of another kind than ours, with a directory of the test. */
interface OtherServer extends AutoCloseable {
  RemoteTransfer connect(SocketFactory sockets);

  default RemoteTransfer connect() {
    return connect(SocketFactory.getDefault());
  }

  @Override
  void close() throws Exception;

  /** What there is. */
  enum Kind {
    FTP,
    SFTP,
    HTTP;

    OtherServer start(Path root) throws Exception {
      Files.createDirectories(root);
      return switch (this) {
        case FTP -> {
          FtpSandbox server = new FtpSandbox(root);
          yield of(
              server,
              sockets -> FtpTransfer.connect(server.settings().socketFactory(sockets).build()));
        }
        case SFTP -> {
          SftpSandbox server = new SftpSandbox(root);
          yield of(
              server,
              sockets -> SftpTransfer.connect(server.settings().socketFactory(sockets).build()));
        }
        case HTTP -> {
          HttpSandbox server = new HttpSandbox(root);
          yield of(server, sockets -> HttpTransfer.connect(server.settings().build()));
        }
      };
    }
  }

  /** Connects over sockets of that kind. */
  interface Connecting {
    FileTransfer over(SocketFactory sockets);
  }

  private static OtherServer of(AutoCloseable server, Connecting connecting) {
    return new OtherServer() {
      @Override
      public RemoteTransfer connect(SocketFactory sockets) {
        return (RemoteTransfer) connecting.over(sockets);
      }

      @Override
      public void close() throws Exception {
        server.close();
      }
    };
  }
}
