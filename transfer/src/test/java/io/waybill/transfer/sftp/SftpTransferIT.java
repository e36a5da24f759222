package io.waybill.transfer.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.Digest;
import io.waybill.transfer.ExpectedContract;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.PartName;
import io.waybill.transfer.file.PlainDigest;
import io.waybill.transfer.ftp.CuttingProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SftpTransferIT {
  private static final int MIB = 1 << 20;
  private static final Instant MODIFIED = Instant.parse("2024-02-29T22:59:58Z");
  @TempDir Path home;
  @TempDir Path local;
  private SftpSandbox sandbox;

  @BeforeEach
  void start() throws Exception {
    sandbox = new SftpSandbox(home);
  }

  @AfterEach
  void stop() throws IOException {
    sandbox.close();
    await().atMost(Duration.ofSeconds(20)).until(() -> connectionThreads().isEmpty());
    for (Path directory : List.of(home, local)) {
      assertThat(parts(directory)).as("unfinished files in %s", directory).isEmpty();
    }
  }

  @Test
  void downloadsAFileWithItsTimeAndDigest() throws IOException {
    byte[] content = random(1, 3 * MIB + 17);
    Path remote = file(home.resolve("größe 大 Ω.bin"), content);
    Path target = local.resolve("ziel.bin");
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      TransferReceipt receipt = sftp.download("größe 大 Ω.bin", target);
      assertThat(receipt.bytes()).isEqualTo(content.length);
      assertThat(receipt.verification()).as("the server hashes").isEqualTo(Verification.DIGEST);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(receipt.attempts()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isZero();
      assertThat(receipt.reconnects()).isZero();
      assertThat(sftp.download("größe 大 Ω.bin", target).skippedBecauseEqual()).isTrue();
    }
    assertThat(target).hasBinaryContent(content);
    assertThat(Files.getLastModifiedTime(target)).isEqualTo(Files.getLastModifiedTime(remote));
  }

  @Test
  void uploadsAFileUnderItsNameOnlyWhenItIsWhole() throws IOException {
    byte[] content = random(2, 2 * MIB + 5);
    Path source = file(local.resolve("quelle.bin"), content);
    Files.createDirectory(home.resolve("in"));
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      TransferReceipt receipt = sftp.upload(source, "/in/größe 大.bin");
      assertThat(receipt.verification()).isEqualTo(Verification.DIGEST);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(sftp.upload(source, "/in/größe 大.bin").skippedBecauseEqual()).isTrue();
    }
    Path target = home.resolve("in/größe 大.bin");
    assertThat(target).hasBinaryContent(content);
    assertThat(Files.getLastModifiedTime(target).toInstant()).isEqualTo(MODIFIED);
  }

  @Test
  void emptyFilesTravelBothWays() throws IOException {
    file(home.resolve("leer"), new byte[0]);
    Path source = file(local.resolve("quelle"), new byte[0]);
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      assertThat(sftp.download("leer", local.resolve("leer")).bytes()).isZero();
      assertThat(sftp.upload(source, "auch-leer").bytes()).isZero();
    }
    assertThat(local.resolve("leer")).isEmptyFile();
    assertThat(home.resolve("auch-leer")).isEmptyFile();
  }

  @ParameterizedTest
  @ValueSource(longs = {400_000, 1_500_000, 3_900_000})
  void downloadContinuesAfterTheLineIsCut(long cut) throws IOException {
    byte[] content = random(cut, 4 * MIB);
    file(home.resolve("big"), content);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer sftp = through(proxy)) {
      proxy.cutAfter(cut);
      TransferReceipt receipt = sftp.download("big", local.resolve("big"));
      assertThat(proxy.cutsMade).hasValue(1);
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.attempts()).isEqualTo(2);
      assertThat(receipt.bytesResumed()).isPositive();
      assertThat(receipt.digest()).contains(sha256(content));
    }
    assertThat(local.resolve("big")).hasBinaryContent(content);
  }

  @Test
  void downloadOfALaterProcessContinuesFromWholeChunks() throws IOException {
    byte[] content = random(5, 4 * MIB);
    file(home.resolve("big"), content);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer sftp =
            SftpTransfer.connect(
                sandbox.settings().socketFactory(proxy.socketFactory()).maxReconnects(0).build())) {
      proxy.cutAfter(2_500_000);
      assertThatThrownBy(() -> sftp.download("big", local.resolve("big")))
          .isInstanceOfSatisfying(
              TransferException.Connection.class, e -> assertThat(e.isTransient()).isTrue());
      assertThat(local.resolve("big")).doesNotExist();
      assertThat(parts(local)).isNotEmpty();
    }
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      TransferReceipt receipt = sftp.download("big", local.resolve("big"));
      assertThat(receipt.bytesResumed()).isBetween((long) MIB, 3L * MIB);
      assertThat(receipt.digest()).contains(sha256(content));
    }
    assertThat(local.resolve("big")).hasBinaryContent(content);
  }

  @ParameterizedTest
  @ValueSource(longs = {400_000, 1_500_000, 3_900_000})
  void uploadContinuesAfterTheLineIsCut(long cut) throws IOException {
    byte[] content = random(cut, 4 * MIB);
    Path source = file(local.resolve("big"), content);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer sftp = through(proxy)) {
      proxy.cutAfter(cut);
      TransferReceipt receipt = sftp.upload(source, "big");
      assertThat(receipt.reconnects()).isPositive();
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(receipt.verification()).isEqualTo(Verification.DIGEST);
    }
    assertThat(home.resolve("big")).hasBinaryContent(content);
  }

  @Test
  void sourceThatChangedWhileTheLineWasDownIsNotPublished() throws IOException {
    Path remote = file(home.resolve("big"), random(6, 4 * MIB));
    byte[] other = random(7, 4 * MIB);
    try (CuttingProxy proxy = new CuttingProxy();
        FileTransfer sftp =
            SftpTransfer.connect(
                sandbox
                    .settings()
                    .socketFactory(proxy.socketFactory())
                    .sleeper(
                        duration -> {
                          try {
                            Files.write(remote, other);
                          } catch (IOException e) {
                            throw new AssertionError(e);
                          }
                        })
                    .build())) {
      proxy.cutAfter(2_000_000);
      assertThatThrownBy(() -> sftp.download("big", local.resolve("big")))
          .isInstanceOf(TransferException.Integrity.class);
    }
    assertThat(local.resolve("big")).doesNotExist();
  }

  @Test
  void readBackIsReachedWhenAskedFor() throws IOException {
    Path source = file(local.resolve("a"), random(8, MIB));
    TransferOptions options =
        TransferOptions.builder()
            .atLeast(Verification.READ_BACK)
            .digest(Digest.Algorithm.SHA_256_TREE)
            .build();
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      TransferReceipt up = sftp.upload(source, "a", options);
      TransferReceipt down = sftp.download("a", local.resolve("b"), options);
      assertThat(up.verification()).isEqualTo(Verification.READ_BACK);
      assertThat(down.verification()).isEqualTo(Verification.READ_BACK);
      assertThat(up.digest()).isPresent().isEqualTo(down.digest());
    }
  }

  @Test
  void replacesWhatDiffersAndRefusesWhenTold() throws IOException {
    Path source = file(local.resolve("new"), random(9, 1000));
    Files.writeString(home.resolve("t"), "old");
    Files.writeString(local.resolve("t"), "old");
    TransferOptions fail = TransferOptions.builder().targetPolicy(TargetPolicy.FAIL).build();
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      assertThatThrownBy(() -> sftp.upload(source, "t", fail))
          .isInstanceOf(TransferException.Refused.class);
      assertThatThrownBy(() -> sftp.download("t", local.resolve("t"), fail))
          .isInstanceOf(TransferException.Refused.class);
      sftp.upload(source, "t");
      sftp.download("t", local.resolve("t"));
    }
    assertThat(home.resolve("t")).hasSameBinaryContentAs(source);
    assertThat(local.resolve("t")).hasSameBinaryContentAs(source);
  }

  @Test
  void listsATreeAndLooksAtWhatIsInIt() throws IOException {
    Files.createDirectories(home.resolve("a/b c"));
    file(home.resolve("a/x.txt"), new byte[7]);
    file(home.resolve("a/b c/ÿ 大.txt"), new byte[0]);
    file(home.resolve("a/.x.0123456789abcdef.wbpart"), new byte[9]);
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      assertThat(sftp.list("a", true))
          .extracting(FileEntry::path, FileEntry::isFile, FileEntry::sizeBytes)
          .containsExactlyInAnyOrder(
              tuple("x.txt", true, 7L),
              tuple("b c", false, FileEntry.UNKNOWN_SIZE),
              tuple("b c/ÿ 大.txt", true, 0L));
      assertThat(sftp.list("a", false)).hasSize(2);
      assertThat(sftp.stat("a/x.txt"))
          .hasValueSatisfying(entry -> assertThat(entry.modified()).contains(MODIFIED));
      assertThat(sftp.stat("a"))
          .hasValueSatisfying(entry -> assertThat(entry.isDirectory()).isTrue());
      assertThat(sftp.stat("a/none")).isEmpty();
      assertThatThrownBy(() -> sftp.list("none", false))
          .isInstanceOf(TransferException.NotFound.class);
    }
    Files.delete(home.resolve("a/.x.0123456789abcdef.wbpart"));
  }

  @Test
  void makesRenamesAndDeletes() throws IOException {
    file(home.resolve("x"), new byte[3]);
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      sftp.mkdir("p/q/r");
      sftp.mkdir("p/q/r");
      sftp.rename("x", "p/q/y");
      assertThat(home.resolve("p/q/y")).exists();
      sftp.delete("p/q/y");
      assertThatThrownBy(() -> sftp.delete("p/q/y")).isInstanceOf(TransferException.NotFound.class);
      assertThatThrownBy(() -> sftp.rename("x", "z"))
          .isInstanceOf(TransferException.NotFound.class);
    }
    assertThat(home.resolve("p/q")).isDirectoryContaining(each -> each.endsWith("r"));
  }

  @Test
  void missingFilesAreNotFound() {
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      assertThatThrownBy(() -> sftp.download("none", local.resolve("t")))
          .isInstanceOf(TransferException.NotFound.class)
          .hasMessageContaining("none");
      assertThatThrownBy(() -> sftp.upload(local.resolve("none"), "t"))
          .isInstanceOf(TransferException.NotFound.class);
    }
    assertThat(local.resolve("t")).doesNotExist();
  }

  @Test
  void refusedLoginSaysWhoAndNeverTheSecret() {
    SftpServer wrong =
        sandbox.settings().credentials(new Credentials("mallory", () -> "planted-pw")).build();
    assertThatThrownBy(() -> SftpTransfer.connect(wrong))
        .isInstanceOfSatisfying(
            TransferException.Authentication.class,
            e -> {
              assertThat(e.user()).isEqualTo("mallory");
              assertThat(e.failure()).isEqualTo(TransferException.Failure.PERMANENT);
            })
        .hasMessageNotContaining("planted-pw")
        .hasMessageContaining("mallory");
  }

  @Test
  void serverThatIsNotThereIsAConnectionFailure() throws IOException {
    SftpServer nobody = sandbox.settings().build();
    sandbox.close();
    assertThatThrownBy(() -> SftpTransfer.connect(nobody))
        .isInstanceOf(TransferException.Connection.class);
  }

  @Test
  void nameThatWouldBeReadAsAnotherOneIsNeverSent() throws IOException {
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      for (String evil : List.of("a\0", "a\ud800")) {
        assertThatThrownBy(() -> sftp.delete(evil)).isInstanceOf(TransferException.Refused.class);
      }
      assertThat(sftp.stat("a")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "two words",
        " blank before and after ",
        "[brackets] {and} *stars*?",
        "-rf",
        "line\nbreak",
        "👋🏽",
        "n\u00e4chste",
        "na\u0308chste",
        ".hidden",
        "C:\\aux"
      })
  void nameComesBackAsItWent(String name) throws IOException {
    roundTrip(name);
  }

  @Test
  void nameOf255BytesComesBackAsItWent() throws IOException {
    roundTrip("ü".repeat(127) + "x");
  }

  private void roundTrip(String name) throws IOException {
    byte[] content = random(11, 1000);
    Path source = file(local.resolve("source"), content);
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      sftp.mkdir("names");
      sftp.upload(source, "names/" + name);
      assertThat(sftp.list("names", false)).extracting(FileEntry::path).containsExactly(name);
      sftp.download("names/" + name, local.resolve("back"));
      assertThat(local.resolve("back")).hasBinaryContent(content);
      sftp.delete("names/" + name);
      assertThat(sftp.list("names", false)).isEmpty();
    }
  }

  @Test
  void renamePolicyFindsAFreeName() throws IOException {
    Path source = file(local.resolve("new"), random(12, 1000));
    Files.writeString(home.resolve("t.txt"), "old");
    TransferOptions rename = TransferOptions.builder().targetPolicy(TargetPolicy.RENAME).build();
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      TransferReceipt receipt = sftp.upload(source, "t.txt", rename);
      String name = receipt.target().path();
      assertThat(name).isNotEqualTo("t.txt");
      assertThat(home.resolve(name)).hasSameBinaryContentAs(source);
    }
    assertThat(home.resolve("t.txt")).hasContent("old");
  }

  @Test
  void modeAndTimeTravelBothWays() throws IOException {
    Path source = file(local.resolve("script"), random(13, 100));
    Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwxr-x---"));
    TransferOptions keep = TransferOptions.builder().preserveMode(true).build();
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      sftp.upload(source, "script", keep);
      assertThat(sftp.stat("script"))
          .hasValueSatisfying(
              entry -> {
                assertThat(entry.mode()).hasValue(0750);
                assertThat(entry.modified()).contains(MODIFIED);
              });
      sftp.download("script", local.resolve("back"), keep);
    }
    assertThat(Files.getPosixFilePermissions(local.resolve("back")))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
    assertThat(Files.getLastModifiedTime(local.resolve("back")).toInstant()).isEqualTo(MODIFIED);
  }

  @Test
  void linkIsListedAsOneAndFollowedWhenLookedAt() throws IOException {
    file(home.resolve("file"), new byte[5]);
    Files.createSymbolicLink(home.resolve("link"), Path.of("file"));
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      assertThat(sftp.list("", false))
          .extracting(FileEntry::path, FileEntry::kind)
          .containsExactlyInAnyOrder(
              tuple("file", FileEntry.Kind.FILE), tuple("link", FileEntry.Kind.LINK));
      assertThat(sftp.stat("link"))
          .hasValueSatisfying(entry -> assertThat(entry.sizeBytes()).isEqualTo(5));
    }
  }

  @Test
  void serverWithoutExtensionsStillReplacesWholeFilesAndIsReadBack() throws IOException {
    sandbox.withoutExtensions();
    byte[] content = random(14, 3 * MIB + 1);
    Path source = file(local.resolve("new"), content);
    Files.writeString(home.resolve("t"), "old");
    TransferOptions proven = TransferOptions.builder().atLeast(Verification.DIGEST).build();
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      assertThat(sftp.upload(source, "plain").verification()).isEqualTo(Verification.SIZE_MTIME);
      assertThat(sftp.upload(source, "t", proven).verification()).isEqualTo(Verification.READ_BACK);
      assertThat(sftp.download("t", local.resolve("t"), proven).verification())
          .isEqualTo(Verification.READ_BACK);
    }
    assertThat(home.resolve("t")).hasBinaryContent(content);
    assertThat(local.resolve("t")).hasBinaryContent(content);
  }

  @Test
  void cancelledDownloadEndsPromptlyAndCanBeContinued() throws Exception {
    byte[] content = random(10, 8 * MIB);
    file(home.resolve("big"), content);
    CompletableFuture<TransferReceipt> ended = new CompletableFuture<>();
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      CompletableFuture<Void> begun = new CompletableFuture<>();
      TransferOptions slow =
          TransferOptions.builder()
              .listener(
                  progress -> {
                    begun.complete(null);
                    ended.join();
                  })
              .build();
      CompletableFuture<TransferReceipt> download =
          sftp.downloadAsync("big", local.resolve("big"), slow);
      begun.get(20, TimeUnit.SECONDS);
      assertThat(download.cancel(true)).isTrue();
      ended.complete(null);
      assertThat(download).isCancelled();
      TransferReceipt receipt = sftp.download("big", local.resolve("big"));
      assertThat(receipt.digest()).contains(sha256(content));
    }
    assertThat(local.resolve("big")).hasBinaryContent(content);
  }

  private static List<String> connectionThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(each -> each.startsWith("Connect thread 127.0.0.1"))
        .toList();
  }

  @Test
  void interruptEndsADownloadAndIsKept() throws Exception {
    byte[] content = random(15, 8 * MIB);
    file(home.resolve("big"), content);
    AtomicBoolean kept = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      TransferOptions interrupted =
          TransferOptions.builder()
              .listener(
                  progress -> {
                    if (progress.phase() == TransferProgress.Phase.TRANSFERRING) {
                      Thread.currentThread().interrupt();
                    }
                  })
              .build();
      Thread thread =
          new Thread(
              () -> {
                try {
                  sftp.download("big", local.resolve("big"), interrupted);
                } catch (TransferException e) {
                  failure.set(e);
                }
                kept.set(Thread.currentThread().isInterrupted());
              });
      thread.start();
      thread.join(30_000);
      assertThat(thread.isAlive()).isFalse();
      assertThat(failure.get()).isInstanceOf(TransferException.class);
      assertThat(kept).isTrue();
      sftp.download("big", local.resolve("big"));
    }
    assertThat(local.resolve("big")).hasBinaryContent(content);
  }

  private FileTransfer through(CuttingProxy proxy) {
    return SftpTransfer.connect(sandbox.settings().socketFactory(proxy.socketFactory()).build());
  }

  private static Path file(Path path, byte[] content) throws IOException {
    Files.write(path, content);
    return Files.setLastModifiedTime(path, FileTime.from(MODIFIED));
  }

  private static List<Path> parts(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(each -> PartName.isReserved(each.getFileName().toString())).toList();
    }
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Digest sha256(byte[] content) {
    PlainDigest digest = new PlainDigest(Digest.Algorithm.SHA_256);
    digest.update(content, 0, content.length);
    return digest.digest();
  }

  @Test
  void whatTheContentMustHaveIsComparedBeforeItIsPublished() throws IOException {
    Path remote = ExpectedContract.source(home.resolve("f"));
    Path target = local.resolve("t");
    try (FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      ExpectedContract.holds(remote, target, options -> sftp.download("f", target, options));
      ExpectedContract.holds(
          remote, home.resolve("sent"), options -> sftp.upload(remote, "sent", options));
    }
  }
}
