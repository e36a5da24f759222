package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.PartPattern;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.PartName;
import io.waybill.transfer.file.PlainDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FtpTransferIT {
  private static final int MIB = 1 << 20;
  private static final Instant MODIFIED = Instant.parse("2024-02-29T22:59:58Z");
  @TempDir Path home;
  @TempDir Path local;
  private FtpSandbox sandbox;

  @BeforeEach
  void start() throws Exception {
    sandbox = new FtpSandbox(home);
  }

  @AfterEach
  void stop() throws IOException {
    sandbox.close();
    for (Path directory : List.of(home, local)) {
      assertThat(parts(directory)).as("unfinished files in %s", directory).isEmpty();
    }
  }

  @Test
  void downloadsAFileWithItsTimeAndDigest() throws IOException {
    byte[] content = random(1, 3 * MIB + 17);
    Path remote = file(home.resolve("größe 大 Ω.bin"), content);
    Path target = local.resolve("ziel.bin");
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      TransferReceipt receipt = ftp.download("größe 大 Ω.bin", target);
      assertThat(receipt.bytes()).isEqualTo(content.length);
      assertThat(receipt.verification())
          .as("the server hashes by MD5")
          .isEqualTo(Verification.DIGEST);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(receipt.attempts()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isZero();
      assertThat(receipt.reconnects()).isZero();
      assertThat(ftp.download("größe 大 Ω.bin", target).skippedBecauseEqual()).isTrue();
    }
    assertThat(target).hasBinaryContent(content);
    assertThat(Files.getLastModifiedTime(target)).isEqualTo(Files.getLastModifiedTime(remote));
  }

  @Test
  void uploadsAFileUnderItsNameOnlyWhenItIsWhole() throws IOException {
    byte[] content = random(2, 2 * MIB + 5);
    Path source = file(local.resolve("quelle.bin"), content);
    Files.createDirectory(home.resolve("in"));
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      TransferReceipt receipt = ftp.upload(source, "/in/größe 大.bin");
      assertThat(receipt.verification()).isEqualTo(Verification.DIGEST);
      assertThat(receipt.digest()).contains(sha256(content));
      assertThat(ftp.upload(source, "/in/größe 大.bin").skippedBecauseEqual()).isTrue();
    }
    Path target = home.resolve("in/größe 大.bin");
    assertThat(target).hasBinaryContent(content);
    assertThat(Files.getLastModifiedTime(target).toInstant()).isEqualTo(MODIFIED);
  }

  @Test
  void emptyFilesTravelBothWays() throws IOException {
    file(home.resolve("leer"), new byte[0]);
    Path source = file(local.resolve("quelle"), new byte[0]);
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      assertThat(ftp.download("leer", local.resolve("leer")).bytes()).isZero();
      assertThat(ftp.upload(source, "auch-leer").bytes()).isZero();
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
        FileTransfer ftp = through(proxy)) {
      proxy.cutAfter(cut);
      TransferReceipt receipt = ftp.download("big", local.resolve("big"));
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
        FileTransfer ftp =
            FtpTransfer.connect(
                sandbox.settings().socketFactory(proxy.socketFactory()).maxReconnects(0).build())) {
      proxy.cutAfter(2_500_000);
      assertThatThrownBy(() -> ftp.download("big", local.resolve("big")))
          .isInstanceOfSatisfying(
              TransferException.Connection.class, e -> assertThat(e.isTransient()).isTrue());
      assertThat(local.resolve("big")).doesNotExist();
      assertThat(parts(local)).isNotEmpty();
    }
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      TransferReceipt receipt = ftp.download("big", local.resolve("big"));
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
        FileTransfer ftp = through(proxy)) {
      proxy.cutAfter(cut);
      TransferReceipt receipt = ftp.upload(source, "big");
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
        FileTransfer ftp =
            FtpTransfer.connect(
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
      assertThatThrownBy(() -> ftp.download("big", local.resolve("big")))
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
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      TransferReceipt up = ftp.upload(source, "a", options);
      TransferReceipt down = ftp.download("a", local.resolve("b"), options);
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
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      assertThatThrownBy(() -> ftp.upload(source, "t", fail))
          .isInstanceOf(TransferException.Refused.class);
      assertThatThrownBy(() -> ftp.download("t", local.resolve("t"), fail))
          .isInstanceOf(TransferException.Refused.class);
      ftp.upload(source, "t");
      ftp.download("t", local.resolve("t"));
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
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      assertThat(ftp.list("a", true))
          .extracting(FileEntry::path, FileEntry::isFile, FileEntry::sizeBytes)
          .containsExactlyInAnyOrder(
              tuple("x.txt", true, 7L),
              tuple("b c", false, FileEntry.UNKNOWN_SIZE),
              tuple("b c/ÿ 大.txt", true, 0L));
      assertThat(ftp.list("a", false)).hasSize(2);
      assertThat(ftp.stat("a/x.txt"))
          .hasValueSatisfying(entry -> assertThat(entry.modified()).contains(MODIFIED));
      assertThat(ftp.stat("a"))
          .hasValueSatisfying(entry -> assertThat(entry.isDirectory()).isTrue());
      assertThat(ftp.stat("a/none")).isEmpty();
      assertThatThrownBy(() -> ftp.list("none", false))
          .isInstanceOf(TransferException.NotFound.class);
    }
    Files.delete(home.resolve("a/.x.0123456789abcdef.wbpart"));
  }

  @Test
  void partFilesAreCalledAsTheServerLikesThem() throws IOException {
    Path source = file(local.resolve("s"), new byte[3 << 20]);
    Set<String> seen = new TreeSet<>();
    TransferOptions watched =
        TransferOptions.builder().listener(progress -> seen.addAll(names(home))).build();
    try (FileTransfer ftp =
        FtpTransfer.connect(
            sandbox.settings().partPattern(PartPattern.of("{name}.{id}.tmp")).build())) {
      ftp.upload(source, "t.bin", watched);
      assertThat(seen).anyMatch(name -> name.matches("t\\.bin\\.[0-9a-f]{16}\\.tmp"));
      assertThat(seen).noneMatch(name -> name.startsWith("."));
      file(home.resolve("x.0123456789abcdef.tmp"), new byte[9]);
      assertThat(ftp.list("", false)).extracting(FileEntry::path).containsExactly("t.bin");
      assertThat(ftp.list("", true)).extracting(FileEntry::path).containsExactly("t.bin");
    }
    Files.delete(home.resolve("x.0123456789abcdef.tmp"));
    assertThat(names(home)).containsExactly("t.bin");
  }

  private static List<String> names(Path directory) {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(path -> path.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void oddNamesTravelThereAndBack() throws IOException {
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      // this server itself takes the blanks from the end of every command
      List<String> names = OddNames.ALL.stream().filter(each -> !each.endsWith(" ")).toList();
      OddNames.roundTrip(ftp, "odd names", local, names);
    }
  }

  @Test
  void makesRenamesAndDeletes() throws IOException {
    file(home.resolve("x"), new byte[3]);
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      ftp.mkdir("p/q/r");
      ftp.mkdir("p/q/r");
      ftp.rename("x", "p/q/y");
      assertThat(home.resolve("p/q/y")).exists();
      ftp.delete("p/q/y");
      assertThatThrownBy(() -> ftp.delete("p/q/y")).isInstanceOf(TransferException.NotFound.class);
      assertThatThrownBy(() -> ftp.rename("x", "z")).isInstanceOf(TransferException.NotFound.class);
    }
    assertThat(home.resolve("p/q")).isDirectoryContaining(each -> each.endsWith("r"));
  }

  @Test
  void missingFilesAreNotFound() {
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      assertThatThrownBy(() -> ftp.download("none", local.resolve("t")))
          .isInstanceOf(TransferException.NotFound.class)
          .hasMessageContaining("none");
      assertThatThrownBy(() -> ftp.upload(local.resolve("none"), "t"))
          .isInstanceOf(TransferException.NotFound.class);
    }
    assertThat(local.resolve("t")).doesNotExist();
  }

  @Test
  void refusedLoginSaysWhoAndNeverTheSecret() {
    FtpServer wrong =
        sandbox.settings().credentials(new Credentials("mallory", () -> "planted-pw")).build();
    assertThatThrownBy(() -> FtpTransfer.connect(wrong))
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
  void serverThatIsNotThereIsAConnectionFailure() {
    FtpServer nobody = sandbox.settings().build();
    sandbox.close();
    assertThatThrownBy(() -> FtpTransfer.connect(nobody))
        .isInstanceOf(TransferException.Connection.class);
  }

  @Test
  void lineBreakInANameIsNeverSent() throws IOException {
    file(home.resolve("victim"), new byte[1]);
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      for (String evil : List.of("a\r\nDELE victim", "a\nDELE victim", "a\0", "a\ud800")) {
        assertThatThrownBy(() -> ftp.delete(evil)).isInstanceOf(TransferException.Refused.class);
      }
      assertThat(ftp.stat("victim")).isPresent();
    }
  }

  @Test
  void cancelledDownloadEndsPromptlyAndCanBeContinued() throws Exception {
    byte[] content = random(10, 8 * MIB);
    file(home.resolve("big"), content);
    CompletableFuture<TransferReceipt> ended = new CompletableFuture<>();
    try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
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
          ftp.downloadAsync("big", local.resolve("big"), slow);
      begun.get(20, TimeUnit.SECONDS);
      assertThat(download.cancel(true)).isTrue();
      ended.complete(null);
      assertThat(download).isCancelled();
      TransferReceipt receipt = ftp.download("big", local.resolve("big"));
      assertThat(receipt.digest()).contains(sha256(content));
    }
    assertThat(local.resolve("big")).hasBinaryContent(content);
  }

  private FileTransfer through(CuttingProxy proxy) {
    return FtpTransfer.connect(sandbox.settings().socketFactory(proxy.socketFactory()).build());
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
}
