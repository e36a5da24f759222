package io.waybill;

import io.waybill.testkit.RealServers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@link PulledAndMirrored} with vsftpd, which wants TLS sessions resumed, and OpenSSH's sshd. */
@Timeout(120)
class PulledAndMirroredRealIT {
  private static final Path SCRIPTS = Path.of("../transfer/src/test/servers");

  @RegisterExtension
  static final RealServers FTPS =
      RealServers.script(SCRIPTS.resolve("vsftpd.sh"))
          .needing("vsftpd", "openssl", "useradd", "chpasswd")
          .listeningOn("FTP", "FTPS");

  @RegisterExtension
  static final RealServers SSH =
      RealServers.script(SCRIPTS.resolve("sshd.sh"))
          .needing("sshd", "ssh-keygen", "ssh-agent", "ssh-add", "useradd", "chpasswd")
          .listeningOn("SFTP");

  @TempDir Path here;

  @Test
  void aTreeIsPulledAndMirroredByAProcessThatIsKilledAndNothingIsLost() throws Exception {
    Path sftpHome = SSH.directory().resolve("home");
    new PulledAndMirrored(
            here,
            FTPS.directory().resolve("home"),
            "ftps://waybill-test:%s@127.0.0.1:%d".formatted(FTPS.password(), FTPS.port("FTPS")),
            FTPS.directory().resolve("server.crt"),
            sftpHome,
            "sftp://waybill-sftp@127.0.0.1:%d%s".formatted(SSH.port("SFTP"), sftpHome),
            SSH.password(),
            SSH.directory().resolve("known_hosts"))
        .run();
  }
}
