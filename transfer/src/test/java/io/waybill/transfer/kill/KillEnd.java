package io.waybill.transfer.kill;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.ftp.FtpSandbox;
import io.waybill.transfer.ftp.FtpTransfer;
import io.waybill.transfer.http.HttpSandbox;
import io.waybill.transfer.http.HttpTransfer;
import io.waybill.transfer.remote.Sleeper;
import io.waybill.transfer.sftp.SftpSandbox;
import io.waybill.transfer.sftp.SftpTransfer;
import io.waybill.transfer.tcp.TcpTransfer;
import io.waybill.transfer.tcp.WaybillServer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One end of a transfer, in words that a child process can be told.
 *
 * @param address how {@link KillServer} said that it is reached; of no meaning here
 */
public record KillEnd(Kind kind, String address, String path) {
  static final String USER = "mover";
  static final String KEY = "correct-horse-battery-staple";

  /** What an end can be. */
  public enum Kind {
    /** A place of this machine. */
    HERE,
    FTP,
    SFTP,
    HTTP,
    WAYBILL
  }

  /** Returns a place of this machine. */
  public static KillEnd here(Path path) {
    return new KillEnd(Kind.HERE, "-", path.toString());
  }

  static KillEnd of(List<String> words) {
    return new KillEnd(Kind.valueOf(words.get(0)), words.get(1), words.get(2));
  }

  List<String> words() {
    return List.of(kind.name(), address, path);
  }

  boolean isHere() {
    return kind == Kind.HERE;
  }

  FileTransfer connect(RateLimit rate) {
    Sleeper really = wait -> TimeUnit.NANOSECONDS.sleep(wait.toNanos());
    return switch (kind) {
      case HERE -> throw new IllegalStateException("nobody to connect to");
      case FTP ->
          FtpTransfer.connect(
              FtpSandbox.plain(Integer.parseInt(address)).sleeper(really).rateLimit(rate).build());
      case SFTP ->
          SftpTransfer.connect(
              SftpSandbox.settings(address).sleeper(really).rateLimit(rate).build());
      case HTTP ->
          HttpTransfer.connect(
              HttpSandbox.plain(Integer.parseInt(address)).sleeper(really).rateLimit(rate).build());
      case WAYBILL ->
          TcpTransfer.connect(
              WaybillServer.builder("127.0.0.1", Integer.parseInt(address))
                  .plaintext()
                  .credentials(new Credentials(USER, () -> KEY))
                  .rateLimit(rate)
                  .build());
    };
  }
}
