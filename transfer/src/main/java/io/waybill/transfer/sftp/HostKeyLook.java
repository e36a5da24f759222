package io.waybill.transfer.sftp;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.remote.OpenSockets;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at the key that an SSH server shows, and hangs up before anybody logs in. */
public final class HostKeyLook {
  private HostKeyLook() {}

  /**
   * What was shown.
   *
   * @param software the server's version string, {@code SSH-2.0-...}
   * @param type of the key, {@code ssh-ed25519} and the like
   * @param fingerprint as {@code ssh-keygen -lf} prints it
   * @param why it is not believed, in words; empty if it is
   */
  public record Seen(String software, String type, String fingerprint, Optional<String> why) {
    Seen(String software, String type, String fingerprint, @Nullable SshRefusedException refusal) {
      this(
          software,
          type,
          fingerprint,
          Optional.ofNullable(refusal).map(each -> String.valueOf(each.getMessage())));
    }
  }

  /**
   * Looks; nothing is written down, also where new keys would be accepted.
   *
   * @throws TransferException.Connection if the server cannot be reached, or is no SSH server
   */
  public static Seen at(SftpServer server) {
    OpenSockets sockets = new OpenSockets(server.terms());
    try {
      return SshConnection.look(server, sockets);
    } catch (IOException e) {
      throw new SftpEndpoint(server).translate("the host key", e);
    } finally {
      sockets.closeAll();
    }
  }
}
