package io.waybill.transfer.kill;

import io.waybill.transfer.ftp.FtpSandbox;
import io.waybill.transfer.http.HttpSandbox;
import io.waybill.transfer.sftp.SftpSandbox;
import io.waybill.transfer.tcp.server.TransferServer;
import java.nio.file.Path;

/** A server in this process, which outlives the processes that are killed. */
public final class KillServer implements AutoCloseable {
  private final KillEnd.Kind kind;
  private final String address;
  private final AutoCloseable server;

  private KillServer(KillEnd.Kind kind, String address, AutoCloseable server) {
    this.kind = kind;
    this.address = address;
    this.server = server;
  }

  /** Starts one for a directory. */
  public static KillServer start(KillEnd.Kind kind, Path root) throws Exception {
    return switch (kind) {
      case HERE -> new KillServer(kind, "-", () -> {});
      case FTP -> {
        FtpSandbox server = new FtpSandbox(root);
        yield new KillServer(kind, Integer.toString(server.port()), server);
      }
      case SFTP -> {
        SftpSandbox server = new SftpSandbox(root);
        yield new KillServer(kind, server.address(), server);
      }
      case HTTP -> {
        HttpSandbox server = new HttpSandbox(root).withDav();
        yield new KillServer(kind, Integer.toString(server.port()), server);
      }
      case WAYBILL -> {
        TransferServer server =
            TransferServer.builder(root)
                .user(KillEnd.USER, () -> KillEnd.KEY)
                .plaintext()
                .build()
                .start();
        yield new KillServer(kind, Integer.toString(server.port()), server);
      }
    };
  }

  /** Returns what a name below the directory is to a client. */
  public KillEnd end(Path root, String name) {
    return kind == KillEnd.Kind.HERE
        ? KillEnd.here(root.resolve(name))
        : new KillEnd(kind, address, name);
  }

  @Override
  public void close() throws Exception {
    server.close();
  }
}
