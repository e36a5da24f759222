package io.waybill.transfer.sftp;

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
import io.waybill.transfer.ftp.CuttingProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSH has posix-rename, fsync, limits and statvfs, but no hash. */
@Timeout(60)
class SshdRealIT {
  private static final int MIB = 1 << 20;
  private static final String USER = "waybill-sftp";
  private static final Instant MODIFIED = Instant.parse("2024-02-29T22:59:58Z");

  @RegisterExtension
  static final RealServers SERVERS =
      RealServers.script(Path.of("src/test/servers/sshd.sh"))
          .needing(
              "sshd", "mountpoint", "ssh-keygen", "ssh-agent", "ssh-add", "useradd", "chpasswd")
          .listeningOn("SFTP");

  @TempDir Path local;
  @RegisterExtension final Leaks leaksHere = Leaks.watching(() -> local);
  @RegisterExtension final Leaks leaksThere = Leaks.watching(SERVERS::directory);
  private Path home;

  @BeforeEach
  void findHome() {
    home = SERVERS.directory().resolve("home");
  }

  @Test
  void uploadsAUnicodeNameWithItsTime() throws IOException {
    byte[] content = random(1, 3 * MIB + 17);
    Path source = file(local.resolve("source"), content);
    try (FileTransfer sftp = SftpTransfer.connect(settings().build())) {
      TransferReceipt receipt = sftp.upload(source, "größe 大 👋 [1].bin");
      assertThat(receipt.verification()).isEqualTo(Verification.SIZE_MTIME);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(receipt.tls()).hasValueSatisfying(text -> assertThat(text).contains("gcm"));
      assertThat(sftp.upload(source, "größe 大 👋 [1].bin").skippedBecauseEqual()).isTrue();
    }
    Path target = home.resolve("größe 大 👋 [1].bin");
    assertThat(target).hasBinaryContent(content);
    assertThat(Files.getLastModifiedTime(target).toInstant()).isEqualTo(MODIFIED);
  }

  @Test
  void downloadsWithItsTimeAndSkipsWhatIsEqual() throws IOException {
    byte[] content = random(2, 20 * MIB + 5);
    file(home.resolve("down load"), content);
    Path target = local.resolve("target");
    try (FileTransfer sftp = SftpTransfer.connect(settings().build())) {
      TransferReceipt receipt = sftp.download("down load", target);
      assertThat(receipt.verification()).isEqualTo(Verification.SIZE_MTIME);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(sftp.download("down load", target).skippedBecauseEqual()).isTrue();
    }
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void digestAskedForIsReachedByReadingBack() throws IOException {
    byte[] content = random(3, MIB + 1);
    Path source = file(local.resolve("source"), content);
    TransferOptions proven = TransferOptions.builder().atLeast(Verification.DIGEST).build();
    try (FileTransfer sftp = SftpTransfer.connect(settings().build())) {
      assertThat(sftp.upload(source, "proven", proven).verification())
          .isEqualTo(Verification.READ_BACK);
      assertThat(sftp.download("proven", local.resolve("back"), proven).verification())
          .isEqualTo(Verification.READ_BACK);
    }
    assertThat(local.resolve("back")).hasBinaryContent(content);
  }

  @Test
  void replacesAFileThatDiffers() throws IOException {
    byte[] second = random(5, 400_000);
    Files.write(home.resolve("replaced"), random(4, 300_000));
    Path source = file(local.resolve("source"), second);
    try (FileTransfer sftp = SftpTransfer.connect(settings().user(USER).build())) {
      sftp.upload(source, "replaced");
    }
    assertThat(home.resolve("replaced")).hasBinaryContent(second);
  }

  @Test
  void listsATreeAndChangesIt() throws IOException {
    Path source = file(local.resolve("source"), random(6, 1000));
    try (FileTransfer sftp = SftpTransfer.connect(settings().build())) {
      sftp.mkdir("tree/two words/-l");
      sftp.upload(source, "tree/top");
      sftp.upload(source, "tree/two words/-l/ below 日 ");
      assertThat(sftp.list("tree", true))
          .extracting(FileEntry::path, FileEntry::kind, FileEntry::sizeBytes)
          .containsExactlyInAnyOrder(
              tuple("top", FileEntry.Kind.FILE, 1000L),
              tuple("two words", FileEntry.Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE),
              tuple("two words/-l", FileEntry.Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE),
              tuple("two words/-l/ below 日 ", FileEntry.Kind.FILE, 1000L));
      sftp.rename("tree/top", "tree/two words/new");
      sftp.delete("tree/two words/new");
      assertThat(sftp.stat("tree/two words/new")).isEmpty();
    }
  }

  @Test
  void directoryOfManyNamesIsReadToItsEnd() throws IOException {
    Path many = Files.createDirectory(home.resolve("many"));
    for (int i = 0; i < 3000; i++) {
      Files.createFile(many.resolve("name-" + i));
    }
    try (FileTransfer sftp = SftpTransfer.connect(settings().build())) {
      assertThat(sftp.list("many", false)).hasSize(3000);
    }
  }

  @Test
  void downloadContinuesAfterTheLineIsCut() throws IOException {
    byte[] content = random(8, 4 * MIB);
    file(home.resolve("down"), content);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer sftp =
            SftpTransfer.connect(settings().socketFactory(proxy.socketFactory()).build())) {
      proxy.cutAfter(2_500_000);
      TransferReceipt receipt = sftp.download("down", local.resolve("down"));
      assertThat(proxy.cutsMade).hasValue(1);
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isPositive();
      assertThat(receipt.digest()).contains(sha256(content));
    }
    assertThat(local.resolve("down")).hasBinaryContent(content);
  }

  @Test
  void uploadIsContinuedByALaterProcess() throws IOException {
    byte[] content = random(11, 24 * MIB);
    Path source = file(local.resolve("source"), content);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer sftp =
            SftpTransfer.connect(
                settings().socketFactory(proxy.socketFactory()).maxReconnects(0).build())) {
      proxy.cutAfter(20_000_000);
      assertThatExceptionOfType(TransferException.Connection.class)
          .isThrownBy(() -> sftp.upload(source, "later-up"));
    }
    assertThat(home.resolve("later-up")).doesNotExist();
    try (FileTransfer sftp = SftpTransfer.connect(settings().build())) {
      TransferReceipt receipt = sftp.upload(source, "later-up");
      assertThat(receipt.bytesResumed()).isPositive();
      assertThat(receipt.digest()).contains(sha256(content));
    }
    assertThat(home.resolve("later-up")).hasBinaryContent(content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa", "rsa", "pem"})
  void keyLogsIn(String name) {
    Path key = SERVERS.directory().resolve("keys").resolve(name);
    connect(keyed().privateKey(key).build());
  }

  @Test
  void lockedKeyLogsInWithItsPassphrase() {
    Path key = SERVERS.directory().resolve("keys/locked");
    connect(keyed().privateKey(key, SERVERS::password).build());
  }

  @Test
  void agentLogsIn() {
    connect(keyed().agent(SERVERS.directory().resolve("agent.sock")).build());
  }

  @Test
  void hostIsKnownByFileHashedFileAndPin() throws IOException {
    Path hashed = SERVERS.directory().resolve("known_hosts_hashed");
    connect(settings().trust(HostKeyTrust.knownHosts(hashed)).build());
    String pin = Files.readString(SERVERS.directory().resolve("fingerprint")).strip();
    connect(settings().trust(HostKeyTrust.pinned(pin)).build());
    Path other = local.resolve("known_hosts");
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(() -> connect(settings().trust(HostKeyTrust.knownHosts(other)).build()))
        .withMessageContaining(pin);
  }

  @Test
  void refusedLoginNamesTheUserButNotTheSecret() {
    assertThatExceptionOfType(TransferException.Authentication.class)
        .isThrownBy(
            () -> connect(settings().credentials(new Credentials(USER, () -> "wrong-pw")).build()))
        .withMessageContaining("refused the login of " + USER)
        .withMessageNotContaining("wrong-pw");
  }

  @Test
  void whatIsMissingOrForbiddenSaysSo() throws IOException {
    Path source = file(local.resolve("source"), random(12, 10));
    Files.createDirectory(home.resolve("of-root"));
    try (FileTransfer sftp = SftpTransfer.connect(settings().build())) {
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> sftp.download("no/such", local.resolve("x")));
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> sftp.delete("nothing"));
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> sftp.list("nowhere", false));
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> sftp.upload(source, "nowhere/file"));
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> sftp.upload(source, "of-root/file"))
          .satisfies(e -> assertThat(e.code()).isEqualTo(Status.PERMISSION_DENIED));
      assertThat(sftp.stat("nothing")).isEmpty();
    }
  }

  @Test
  void fullDiskSaysSoAndMayPass() throws IOException {
    Path source = file(local.resolve("source"), random(13, 4 * MIB));
    try (FileTransfer sftp = SftpTransfer.connect(settings().build())) {
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> sftp.upload(source, "small/file"))
          .withMessageContaining("no room left")
          .satisfies(e -> assertThat(e.isTransient()).isTrue());
      for (FileEntry each : sftp.list("small", false)) {
        assertThat(each.path()).isEqualTo("nothing is to be seen");
      }
    } finally {
      try (Stream<Path> parts = Files.list(home.resolve("small"))) {
        for (Path each : parts.toList()) {
          Files.delete(each);
        }
      }
    }
  }

  @Test
  void severalSessionsShareAnEndpoint() throws Exception {
    List<CompletableFuture<TransferReceipt>> uploads = new ArrayList<>();
    try (FileTransfer sftp = SftpTransfer.connect(settings().maxSessions(3).build())) {
      for (int i = 0; i < 6; i++) {
        Path source = file(local.resolve("many-" + i), random(20 + i, 2 * MIB));
        uploads.add(sftp.uploadAsync(source, "many-" + i, TransferOptions.defaults()));
      }
      for (CompletableFuture<TransferReceipt> each : uploads) {
        assertThat(each.get(30, TimeUnit.SECONDS).bytes()).isEqualTo(2 * MIB);
      }
    }
    for (int i = 0; i < 6; i++) {
      assertThat(home.resolve("many-" + i)).hasSameBinaryContentAs(local.resolve("many-" + i));
    }
  }

  private static void connect(SftpServer server) {
    try (FileTransfer sftp = SftpTransfer.connect(server)) {
      assertThat(sftp.stat("")).isPresent();
    }
  }

  private static SftpServer.Builder keyed() {
    return SftpServer.builder()
        .host("127.0.0.1")
        .port(SERVERS.port("SFTP"))
        .user(USER)
        .trust(HostKeyTrust.knownHosts(SERVERS.directory().resolve("known_hosts")))
        .sleeper(duration -> {})
        .random(new Random(1));
  }

  private static SftpServer.Builder settings() {
    return keyed().credentials(new Credentials(USER, SERVERS::password));
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
