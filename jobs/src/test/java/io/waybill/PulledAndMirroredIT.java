package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link PulledAndMirrored} with servers in this process, and servers that are not the right ones.
 */
@Timeout(120)
class PulledAndMirroredIT {
  private static final String KEY = "planted-4711";

  @TempDir Path here;
  private Path ftpsHome;
  private Path sftpHome;
  private SftpFixture sftp;

  @BeforeEach
  void start() throws Exception {
    ftpsHome = Files.createDirectories(here.resolve("ftps"));
    sftpHome = Files.createDirectories(here.resolve("sftp"));
    sftp = new SftpFixture(sftpHome, KEY);
  }

  @AfterEach
  void stop() throws Exception {
    sftp.close();
  }

  private PulledAndMirrored with(FtpsFixture ftps, Path ca, Path knownHosts) {
    return new PulledAndMirrored(
        here,
        ftpsHome,
        "ftps://%s:%s@127.0.0.1:%d".formatted(FtpsFixture.USER, KEY, ftps.port()),
        ca,
        sftpHome,
        "sftp://%s@127.0.0.1:%d".formatted(SftpFixture.USER, sftp.port()),
        KEY,
        knownHosts);
  }

  @Test
  void aTreeIsPulledAndMirroredByAProcessThatIsKilledAndNothingIsLost() throws Exception {
    Path key = FtpsFixture.key(here, "good", "SAN=ip:127.0.0.1", 0);
    try (FtpsFixture ftps = FtpsFixture.start(ftpsHome, key, KEY)) {
      with(ftps, here.resolve("good.pem"), sftp.knownHosts(here.resolve("known"))).run();
    }
  }

  @Test
  void aWrongHostKeyIsRefusedAndNothingIsSent() throws Exception {
    Path key = FtpsFixture.key(here, "good", "SAN=ip:127.0.0.1", 0);
    Path file = Files.writeString(here.resolve("a.txt"), "a");
    try (FtpsFixture ftps = FtpsFixture.start(ftpsHome, key, KEY)) {
      PulledAndMirrored places =
          with(ftps, here.resolve("good.pem"), sftp.wrongKnownHosts(here.resolve("known")));
      CommandLineRun refused = places.line("copy", file.toString(), places.sftp() + "/a.txt");
      assertThat(refused.code()).as(refused.err()).isEqualTo(5);
      assertThat(refused.err()).contains("host key", "SHA256:").doesNotContain(KEY);
    }
    assertThat(sftpHome).isEmptyDirectory();
  }

  @Test
  void anExpiredCertificateIsRefusedWithTheReason() throws Exception {
    refused("expired", "SAN=ip:127.0.0.1", -400, "is not now");
  }

  @Test
  void aCertificateOfAnotherNameIsRefusedWithTheReason() throws Exception {
    refused("other", "SAN=dns:ftp.example.org", 0, "is not for the name 127.0.0.1");
  }

  private void refused(String name, String san, int startDays, String reason) throws Exception {
    Path key = FtpsFixture.key(here, name, san, startDays);
    Files.writeString(ftpsHome.resolve("a.txt"), "a");
    try (FtpsFixture ftps = FtpsFixture.start(ftpsHome, key, KEY)) {
      PulledAndMirrored places =
          with(ftps, here.resolve(name + ".pem"), sftp.knownHosts(here.resolve("known")));
      Path target = here.resolve("pulled.txt");
      CommandLineRun refused = places.line("copy", places.ftps() + "/a.txt", target.toString());
      assertThat(refused.code()).as(refused.err()).isEqualTo(5);
      assertThat(refused.err()).contains(reason).doesNotContain(KEY);
      assertThat(target).doesNotExist();
    }
  }
}
