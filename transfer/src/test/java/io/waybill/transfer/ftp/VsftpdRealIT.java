package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.testkit.Leaks;
import io.waybill.testkit.RealServers;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.PlainDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** vsftpd has REST STREAM, SIZE and MDTM, but no MLSD, MFMT or hash. */
@Timeout(60)
class VsftpdRealIT {
  private static final int MIB = 1 << 20;
  private static final Instant MODIFIED = Instant.parse("2024-02-29T22:59:58Z");

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

  @Test
  void uploadsAUnicodeNameAndProvesItsSize() throws IOException {
    byte[] content = random(1, 3 * MIB + 17);
    Path source = file(local.resolve("quelle"), content);
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      TransferReceipt receipt = ftp.upload(source, "größe 大 👋.bin");
      assertThat(receipt.verification()).isEqualTo(Verification.SIZE_MTIME);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(receipt.attempts()).isEqualTo(1);
      assertThat(ftp.stat("größe 大 👋.bin").orElseThrow().sizeBytes()).isEqualTo(content.length);
    }
    assertThat(home.resolve("größe 大 👋.bin")).hasBinaryContent(content);
  }

  @Test
  void downloadsAUnicodeNameWithItsTime() throws IOException {
    byte[] content = random(2, 2 * MIB + 5);
    file(home.resolve("Übersicht 日報 [1] {2}*.csv"), content);
    Path target = local.resolve("ziel");
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      TransferReceipt receipt = ftp.download("/Übersicht 日報 [1] {2}*.csv", target);
      assertThat(receipt.verification())
          .as("MDTM tells the time")
          .isEqualTo(Verification.SIZE_MTIME);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(ftp.download("/Übersicht 日報 [1] {2}*.csv", target).skippedBecauseEqual()).isTrue();
    }
    assertThat(target).hasBinaryContent(content);
    assertThat(Files.getLastModifiedTime(target).toInstant()).isEqualTo(MODIFIED);
  }

  @Test
  void digestAskedForIsReachedByReadingBack() throws IOException {
    byte[] content = random(3, MIB + 1);
    Path source = file(local.resolve("quelle"), content);
    TransferOptions proven = TransferOptions.builder().atLeast(Verification.DIGEST).build();
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      assertThat(ftp.upload(source, "proven", proven).verification())
          .isEqualTo(Verification.READ_BACK);
      assertThat(ftp.download("proven", local.resolve("back"), proven).verification())
          .isEqualTo(Verification.READ_BACK);
    }
    assertThat(local.resolve("back")).hasBinaryContent(content);
  }

  @Test
  void emptyFilesTravelBothWays() throws IOException {
    Path source = file(local.resolve("leer"), new byte[0]);
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      assertThat(ftp.upload(source, "leer").bytes()).isZero();
      assertThat(ftp.download("leer", local.resolve("zurück")).bytes()).isZero();
    }
    assertThat(home.resolve("leer")).isEmptyFile();
    assertThat(local.resolve("zurück")).isEmptyFile();
  }

  @Test
  void replacesAFileThatDiffers() throws IOException {
    byte[] second = random(5, 400_000);
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      ftp.upload(file(local.resolve("first"), random(4, 300_000)), "again");
      ftp.upload(file(local.resolve("second"), second), "again");
    }
    assertThat(home.resolve("again")).hasBinaryContent(second);
  }

  @Test
  void listsDirectoriesThatItMade() throws IOException {
    Path source = file(local.resolve("quelle"), random(6, 1000));
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      ftp.mkdir("baum/zwei Wörter/-l");
      ftp.mkdir("baum/zwei Wörter/-l");
      ftp.upload(source, "baum/oben");
      ftp.upload(source, "baum/zwei Wörter/-l/ unten 日");
      assertThat(ftp.list("baum", true))
          .extracting(FileEntry::path, FileEntry::kind, FileEntry::sizeBytes)
          .containsExactlyInAnyOrder(
              tuple("oben", FileEntry.Kind.FILE, 1000L),
              tuple("zwei Wörter", FileEntry.Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE),
              tuple("zwei Wörter/-l", FileEntry.Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE),
              tuple("zwei Wörter/-l/ unten 日", FileEntry.Kind.FILE, 1000L));
      assertThat(ftp.list("baum", false)).hasSize(2);
      assertThat(ftp.list("baum/zwei Wörter/-l", false))
          .extracting(FileEntry::path)
          .containsExactly(" unten 日");
      ftp.rename("baum/oben", "baum/zwei Wörter/neu");
      ftp.delete("baum/zwei Wörter/neu");
      assertThat(ftp.stat("baum/zwei Wörter/neu")).isEmpty();
    }
  }

  @Test
  void hiddenNamesAreNamesToo() throws IOException {
    Path source = file(local.resolve("quelle"), random(7, 1000));
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      ftp.mkdir("sichtbar/.versteckt/tief");
      ftp.mkdir("sichtbar/.versteckt/tief");
      ftp.upload(source, "sichtbar/.versteckt/.datei");
      assertThat(ftp.list("sichtbar", true))
          .extracting(FileEntry::path)
          .containsExactlyInAnyOrder(".versteckt", ".versteckt/tief", ".versteckt/.datei");
    }
  }

  @Test
  void directoryThatCannotBeReadIsNoListingOfItself() throws IOException {
    Path locked = Files.createDirectories(home.resolve("half/locked")); // not of the server's user
    Files.setPosixFilePermissions(
        home.resolve("half"), PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String mode : List.of("rwx------", "rwx--x--x")) {
      Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString(mode));
      try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
        assertThatExceptionOfType(TransferException.Refused.class)
            .as(mode)
            .isThrownBy(() -> ftp.list("half", true));
      }
    }
  }

  @Test
  void downloadContinuesAfterTheLineIsCut() throws IOException {
    byte[] content = random(8, 4 * MIB);
    file(home.resolve("down"), content);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer ftp = through(proxy, 5)) {
      proxy.cutAfter(2_500_000);
      TransferReceipt receipt = ftp.download("down", local.resolve("down"));
      assertThat(proxy.cutsMade).hasValue(1);
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.attempts()).isEqualTo(2);
      assertThat(receipt.bytesResumed()).isBetween(2_000_000L, 2_500_000L);
      assertThat(receipt.digest()).contains(sha256(content));
    }
    assertThat(local.resolve("down")).hasBinaryContent(content);
  }

  @Test
  void downloadIsContinuedByALaterProcess() throws IOException {
    byte[] content = random(9, 4 * MIB);
    file(home.resolve("later-down"), content);
    Path target = local.resolve("later-down");
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer ftp = through(proxy, 0)) {
      proxy.cutAfter(2_500_000);
      assertThatExceptionOfType(TransferException.Connection.class)
          .isThrownBy(() -> ftp.download("later-down", target))
          .satisfies(e -> assertThat(e.isTransient()).isTrue());
    }
    assertThat(target).doesNotExist();
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      TransferReceipt receipt = ftp.download("later-down", target);
      assertThat(receipt.bytesResumed()).isEqualTo(2 * MIB);
      assertThat(receipt.digest()).contains(sha256(content));
    }
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void uploadContinuesAfterTheLineIsCut() throws IOException {
    byte[] content = random(10, 8 * MIB);
    Path source = file(local.resolve("quelle"), content);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer ftp = through(proxy, 5)) {
      proxy.cutAfter(7_000_000);
      TransferReceipt receipt = ftp.upload(source, "up");
      assertThat(proxy.cutsMade).hasValue(1);
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.attempts()).isEqualTo(2);
      assertThat(receipt.digest()).contains(sha256(content));
    }
    assertThat(home.resolve("up")).hasBinaryContent(content);
  }

  @Test
  void uploadIsContinuedByALaterProcess() throws IOException {
    byte[] content = random(11, 8 * MIB);
    Path source = file(local.resolve("quelle"), content);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer ftp = through(proxy, 0)) {
      proxy.cutAfter(7_000_000);
      assertThatExceptionOfType(TransferException.Connection.class)
          .isThrownBy(() -> ftp.upload(source, "later-up"));
    }
    assertThat(home.resolve("later-up")).doesNotExist();
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      TransferReceipt receipt = ftp.upload(source, "later-up");
      assertThat(receipt.bytesResumed()).isPositive();
      assertThat(receipt.digest()).contains(sha256(content));
    }
    assertThat(home.resolve("later-up")).hasBinaryContent(content);
  }

  @Test
  void refusedLoginNamesTheUserButNotTheSecret() {
    FtpServer wrong =
        settings().credentials(new Credentials("waybill-test", () -> "wrong-secret")).build();
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> FtpTransfer.connect(wrong))
        .withMessageContaining("refused the login of waybill-test")
        .withMessageNotContaining("wrong-secret")
        .satisfies(e -> assertThat(e.isTransient()).isFalse());
  }

  @Test
  void loginInTheClearIsRefusedWhereTlsIsRequired() {
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> FtpTransfer.connect(settings().port(SERVERS.port("FTPS")).build()))
        .withMessageNotContaining(SERVERS.password());
  }

  @Test
  void whatIsMissingIsNotFound() throws IOException {
    Path source = file(local.resolve("quelle"), random(12, 10));
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> ftp.download("no/such", local.resolve("x")));
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> ftp.delete("nothing"));
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> ftp.rename("nothing", "something"));
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> ftp.list("nowhere", false));
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> ftp.upload(source, "nowhere/file"))
          .satisfies(e -> assertThat(e.isTransient()).isFalse());
      assertThat(ftp.stat("nothing")).isEmpty();
    }
    assertThat(local.resolve("x")).doesNotExist();
  }

  @Test
  void oddNamesTravelThereAndBack() throws IOException {
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      OddNames.roundTrip(ftp, "odd names", local, OddNames.ALL);
    }
  }

  private static FtpServer.Builder settings() {
    return FtpServer.builder()
        .host("127.0.0.1")
        .port(SERVERS.port("FTP"))
        .credentials(new Credentials("waybill-test", SERVERS::password))
        .sleeper(duration -> {})
        .random(new Random(1));
  }

  private static FileTransfer through(CuttingProxy proxy, int maxReconnects) {
    return FtpTransfer.connect(
        settings().socketFactory(proxy.socketFactory()).maxReconnects(maxReconnects).build());
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Path file(Path path, byte[] content) throws IOException {
    Files.write(path, content);
    return Files.setLastModifiedTime(path, FileTime.from(MODIFIED));
  }

  private static Digest sha256(byte[] content) {
    PlainDigest digest = new PlainDigest(Digest.Algorithm.SHA_256);
    digest.update(content, 0, content.length);
    return digest.digest();
  }
}
