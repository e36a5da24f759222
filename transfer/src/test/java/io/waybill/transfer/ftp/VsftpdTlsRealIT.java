package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.testkit.Leaks;
import io.waybill.testkit.RealServers;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.tcp.tls.Pin;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** vsftpd wants TLS on both connections, and the control connection's session on the other. */
@Timeout(60)
class VsftpdTlsRealIT {
  private static final int MIB = 1 << 20;

  @RegisterExtension
  static final RealServers SERVERS =
      RealServers.script(Path.of("src/test/servers/vsftpd.sh"))
          .needing("vsftpd", "openssl", "useradd", "chpasswd")
          .listeningOn("FTP", "FTPS");

  @TempDir Path local;
  @RegisterExtension final Leaks leaksHere = Leaks.watching(() -> local);
  @RegisterExtension final Leaks leaksThere = Leaks.watching(SERVERS::directory);
  private Path home;

  @BeforeEach
  void findHome() {
    home = SERVERS.directory().resolve("home");
  }

  @ParameterizedTest
  @EnumSource(TlsVersions.class)
  void everyDataConnectionResumesTheControlConnectionsSession(TlsVersions versions)
      throws IOException {
    byte[] big = random(1, 5 * MIB + 3);
    Path source = Files.write(local.resolve("big"), big);
    Path small = Files.write(local.resolve("small"), random(2, 100));
    String directory = "tls " + versions;
    try (FileTransfer ftp = FtpTransfer.connect(settings().tlsVersions(versions).build())) {
      ftp.mkdir(directory);
      TransferReceipt up = ftp.upload(source, directory + "/big");
      assertThat(up.verification()).as("MDTM sets the time").isEqualTo(Verification.SIZE_MTIME);
      assertThat(up.tls().orElseThrow())
          .startsWith(versions == TlsVersions.TLS_1_2 ? "TLSv1.2" : "TLSv1.3");
      assertThat(up.target().scheme()).isEqualTo(Location.Scheme.FTPS);
      assertThat(up.reconnects()).isZero();
      for (int i = 0; i < 10; i++) {
        ftp.upload(small, directory + "/small" + i);
        ftp.download(directory + "/small" + i, local.resolve("small" + i));
        assertThat(ftp.list(directory, false)).hasSize(i + 2);
      }
      ftp.download(directory + "/big", local.resolve("back"));
    }
    assertThat(home.resolve(directory).resolve("big")).hasBinaryContent(big);
    assertThat(local.resolve("back")).hasBinaryContent(big);
  }

  @Test
  void sessionsSideBySideEachResumeTheirOwn() throws IOException {
    byte[] content = random(3, 300_000);
    Path source = Files.write(local.resolve("source"), content);
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      List<CompletableFuture<TransferReceipt>> all = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        all.add(ftp.uploadAsync(source, "side" + i, TransferOptions.defaults()));
      }
      for (CompletableFuture<TransferReceipt> each : all) {
        assertThat(each.join().reconnects()).isZero();
      }
      assertThat(ftp.list("", false))
          .filteredOn(each -> each.path().startsWith("side"))
          .extracting(FileEntry::sizeBytes)
          .hasSize(24)
          .containsOnly(300_000L);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TlsVersions.class,
      names = {"TLS_1_3", "TLS_1_2"})
  void transfersContinueAfterTheLineIsCut(TlsVersions versions) throws IOException {
    byte[] content = random(4, 8 * MIB);
    Path source = Files.write(local.resolve("source"), content);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer ftp =
            FtpTransfer.connect(
                settings().tlsVersions(versions).socketFactory(proxy.socketFactory()).build())) {
      proxy.cutAfter(7_000_000);
      TransferReceipt up = ftp.upload(source, "cut " + versions);
      assertThat(up.reconnects()).isEqualTo(1);
      proxy.cutAfter(5_000_000);
      TransferReceipt down = ftp.download("cut " + versions, local.resolve("back"));
      assertThat(down.reconnects()).isEqualTo(1);
      assertThat(down.bytesResumed()).isPositive();
      assertThat(proxy.cutsMade).hasValue(2);
    }
    assertThat(local.resolve("back")).hasBinaryContent(content);
  }

  @Test
  void keyCanBePinned() throws Exception {
    Pin pin = Pin.of(certificate());
    FtpServer server = settings().host("localhost").trust(ServerTrust.pin(pin)).build();
    try (FileTransfer ftp = FtpTransfer.connect(server)) {
      assertThat(ftp.list("", false)).isNotNull();
    }
  }

  @Test
  void otherPinIsRefusedInWords() throws Exception {
    Pin other = Pin.parse("sha-256:" + "A".repeat(43));
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> FtpTransfer.connect(settings().trust(ServerTrust.pin(other)).build()))
        .withMessageContaining("shows the key " + Pin.of(certificate()))
        .withMessageContaining(other.toString())
        .satisfies(e -> assertThat(e.isTransient()).isFalse());
  }

  @Test
  void serverThatNobodyVouchesForIsRefusedBeforeTheLogin() throws IOException {
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> FtpTransfer.connect(settings().trust(ServerTrust.system()).build()))
        .withMessageContaining("the authorities that Java trusts do not vouch for");
  }

  @Test
  void serverWithoutTlsIsNotLoggedInTo() {
    FtpServer plain =
        settings()
            .port(SERVERS.port("FTP"))
            .credentials(new Credentials("nobody-logs-in", () -> "planted-secret"))
            .build();
    assertThatExceptionOfType(TransferException.Refused.class)
        .isThrownBy(() -> FtpTransfer.connect(plain))
        .withMessageContaining("offers no TLS")
        .withMessageContaining("nothing was sent in the clear");
    assertThat(SERVERS.directory().resolve("plain.log")).content().doesNotContain("nobody-logs-in");
  }

  @Test
  void modesAreSetBySiteChmod() throws IOException {
    Path source = Files.write(local.resolve("source"), random(5, 100));
    Files.setPosixFilePermissions(
        source, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-x---"));
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      ftp.upload(source, "mode", TransferOptions.builder().preserveMode(true).build());
    }
    assertThat(Files.getPosixFilePermissions(home.resolve("mode")))
        .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-x---"));
  }

  @Test
  void oddNamesTravelThereAndBack() throws IOException {
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      OddNames.roundTrip(ftp, "odd names over TLS", local, OddNames.ALL);
    }
  }

  private static FtpServer.Builder settings() {
    try {
      return FtpServer.builder()
          .host("127.0.0.1")
          .port(SERVERS.port("FTPS"))
          .protection(Protection.EXPLICIT)
          .trust(ServerTrust.authorities(SERVERS.directory().resolve("server.crt")))
          .credentials(new Credentials("waybill-test", SERVERS::password))
          .sleeper(duration -> {})
          .random(new Random(1));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static X509Certificate certificate() throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(SERVERS.directory().resolve("server.crt"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
