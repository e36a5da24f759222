package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

class TcpTreeIT {
  private static final TreeOptions ORDINARY = TreeOptions.defaults();

  @TempDir(factory = InMemory.class)
  Path directory;

  private TcpFixture fixture;
  private Path tree;

  @BeforeEach
  void start() throws IOException {
    fixture = new TcpFixture(directory);
    tree = Files.createDirectories(directory.resolve("tree"));
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
    assertThat(fixture.partFiles()).isEmpty();
  }

  /** In memory where there is such a directory: thousands of files are forced one by one. */
  static final class InMemory implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
        throws IOException {
      Path memory = Path.of("/dev/shm");
      return Files.isWritable(memory)
          ? Files.createTempDirectory(memory, "waybill")
          : Files.createTempDirectory("waybill");
    }
  }

  private Path write(String name, int size) throws IOException {
    Path file = tree.resolve(name);
    Files.createDirectories(file.getParent());
    byte[] bytes = new byte[size];
    new Random(name.hashCode()).nextBytes(bytes);
    return Files.write(file, bytes);
  }

  private void writeMany(int files, int directories) throws IOException {
    for (int i = 0; i < files; i++) {
      write("d%02d/f%04d.bin".formatted(i % directories, i), i % 7000);
    }
  }

  /** What lies below a directory: contents, times to the microsecond, and modes. */
  private static Map<String, String> looks(Path root) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path each : walk.filter(path -> !path.equals(root)).toList()) {
        String name = root.relativize(each).toString();
        if (Files.isDirectory(each)) {
          all.put(name, "directory");
        } else {
          all.put(
              name,
              "%d %s %s %s"
                  .formatted(
                      Files.size(each),
                      Arrays.hashCode(Files.readAllBytes(each)),
                      Files.getLastModifiedTime(each).to(TimeUnit.MICROSECONDS),
                      PosixFilePermissions.toString(Files.getPosixFilePermissions(each))));
        }
      }
    }
    return all;
  }

  @Test
  void manySmallFilesGoUpAndDownAndSecondRunCopiesNothing() throws IOException {
    writeMany(3000, 30);
    Path back = directory.resolve("back");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TreeReceipt up = transfer.uploadTree(tree, "in/all", ORDINARY);
      assertThat(up.failures()).isEmpty();
      assertThat(up.filesCopied()).isEqualTo(3000);
      assertThat(up.filesEqual()).isZero();
      assertThat(up.isComplete()).isTrue();
      assertThat(looks(fixture.root.resolve("in/all"))).isEqualTo(looks(tree));

      TreeReceipt down = transfer.downloadTree("/in/all/", back, ORDINARY);
      assertThat(down.failures()).isEmpty();
      assertThat(down.filesCopied()).isEqualTo(3000);
      assertThat(down.bytes()).isEqualTo(up.bytes()).isPositive();
      assertThat(looks(back)).isEqualTo(looks(tree));

      TreeReceipt upAgain = transfer.uploadTree(tree, "in/all", ORDINARY);
      assertThat(upAgain.filesCopied()).isZero();
      assertThat(upAgain.filesEqual()).isEqualTo(3000);
      TreeReceipt downAgain = transfer.downloadTree("in/all", back, ORDINARY);
      assertThat(downAgain.filesCopied()).isZero();
      assertThat(downAgain.filesEqual()).isEqualTo(3000);
      assertThat(downAgain.directoriesMade()).isZero();
    }
  }

  @Test
  void oneChangedFileIsCopiedAlone() throws IOException {
    writeMany(600, 3);
    Path back = directory.resolve("back");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      transfer.uploadTree(tree, "", ORDINARY);
      transfer.downloadTree("", back, ORDINARY);
      Path changed = tree.resolve("d01/f0100.bin");
      Files.write(changed, new byte[] {1, 2, 3});
      Files.setLastModifiedTime(changed, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));

      TreeReceipt up = transfer.uploadTree(tree, "", ORDINARY);
      assertThat(up.filesCopied()).isEqualTo(1);
      assertThat(up.bytes()).isEqualTo(3);
      TreeReceipt down = transfer.downloadTree("", back, ORDINARY);
      assertThat(down.filesCopied()).isEqualTo(1);
    }
    assertThat(looks(fixture.root)).isEqualTo(looks(tree));
    assertThat(looks(back)).isEqualTo(looks(tree));
  }

  @Test
  void largeFilesEmptyDirectoriesModesAndStrangeNamesAreAmongThem() throws IOException {
    write("large.bin", 5_000_000);
    write("deep/er/large too.bin", (1 << 20) + 1);
    write("almost.bin", (1 << 20) - 100);
    write("just.bin", 1 << 20);
    write("empty.bin", 0);
    write("n".repeat(255), 10);
    write("\u00fcbergr\u00f6\u00dfe/\u6587\u4ef6 \ud83d\ude9a.txt", 10);
    Files.createDirectories(tree.resolve("nothing/below/here"));
    for (String mode : List.of("rwxr-xr-x", "r--------", "rw-rw-rw-")) {
      Files.setPosixFilePermissions(
          write("mode " + mode + "x", 100), PosixFilePermissions.fromString(mode));
    }
    Files.createSymbolicLink(tree.resolve("link"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(tree.resolve("deep/loop"), tree);
    Path back = directory.resolve("back");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TreeReceipt up = transfer.uploadTree(tree, "x", ORDINARY);
      assertThat(up.failures()).isEmpty();
      assertThat(up.filesCopied()).isEqualTo(10);
      assertThat(up.firstSkipped())
          .containsExactlyInAnyOrder(
              new TreeReceipt.Skipped("link", true), new TreeReceipt.Skipped("deep/loop", true));
      assertThat(transfer.list("x", true))
          .filteredOn(FileEntry::isFile)
          .allSatisfy(entry -> assertThat(entry.mode()).isPresent());

      TreeReceipt down = transfer.downloadTree("x", back, ORDINARY);
      assertThat(down.failures()).isEmpty();
      assertThat(down.filesCopied()).isEqualTo(10);
    }
    Files.delete(tree.resolve("link"));
    Files.delete(tree.resolve("deep/loop"));
    // the mode of an offered file is not part of this yet
    Map<String, String> wanted = looks(tree);
    assertThat(looks(fixture.root.resolve("x"))).isEqualTo(wanted);
    assertThat(looks(back)).isEqualTo(wanted);
  }

  @Test
  void linksAtTheServerAreToldOfAndNotFollowed() throws IOException {
    Files.writeString(fixture.root.resolve("a.txt"), "a");
    Files.writeString(directory.resolve("secret"), "secret");
    Files.createSymbolicLink(fixture.root.resolve("link"), directory.resolve("secret"));
    Files.createSymbolicLink(fixture.root.resolve("out"), directory);
    Path back = directory.resolve("back");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TreeReceipt down = transfer.downloadTree("", back, ORDINARY);
      assertThat(down.filesCopied()).isEqualTo(1);
      assertThat(down.skipped()).isEqualTo(2);
      assertThat(down.firstSkipped()).allMatch(TreeReceipt.Skipped::isLink);
      assertThat(looks(back)).containsOnlyKeys("a.txt");

      write("out/evil.txt", 10);
      write("good.txt", 10);
      TreeReceipt up = transfer.uploadTree(tree, "", ORDINARY);
      assertThat(up.isComplete()).isFalse();
      assertThat(up.failures())
          .extracting(TreeReceipt.Failure::path)
          .contains("out/evil.txt")
          .doesNotContain("good.txt");
    }
    assertThat(directory.resolve("evil.txt")).doesNotExist();
    assertThat(fixture.root.resolve("good.txt")).exists();
  }

  @Test
  void namesThatCannotBeSentFailAndTheOthersGoOn() throws IOException {
    write("a:b", 10);
    write("good", 10);
    write("trailing. ", 10);
    write("03:00", 10);
    Files.writeString(fixture.root.resolve("c:d"), "x");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TreeReceipt up = transfer.uploadTree(tree, "to", ORDINARY);
      assertThat(up.filesCopied()).isEqualTo(3);
      assertThat(up.failures()).extracting(TreeReceipt.Failure::path).containsExactly("a:b");
      TreeReceipt down = transfer.downloadTree("", directory.resolve("back"), ORDINARY);
      assertThat(down.filesCopied()).isEqualTo(3);
      assertThat(down.failures()).extracting(TreeReceipt.Failure::path).containsExactly("c:d");
    }
  }

  @Test
  void filterTakesAndLeavesOut() throws IOException {
    write("a/keep.csv", 10);
    write("a/drop.tmp", 10);
    write("logs/x.csv", 10);
    TreeOptions options =
        TreeOptions.builder().include(List.of("*.csv")).exclude(List.of("logs/**")).build();
    Path back = directory.resolve("back");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertThat(transfer.uploadTree(tree, "up", options).filesCopied()).isEqualTo(1);
      transfer.uploadTree(tree, "all", ORDINARY);
      assertThat(transfer.downloadTree("all", back, options).filesCopied()).isEqualTo(1);
    }
    assertThat(looks(fixture.root.resolve("up"))).containsOnlyKeys("a", "a/keep.csv");
    assertThat(looks(back)).containsOnlyKeys("a", "a/keep.csv");
  }

  @Test
  void policiesHoldForEachFile() throws IOException {
    writeMany(20, 2);
    TreeOptions fail =
        TreeOptions.builder()
            .files(TransferOptions.builder().targetPolicy(TargetPolicy.FAIL).build())
            .build();
    TreeOptions replace =
        TreeOptions.builder()
            .files(TransferOptions.builder().targetPolicy(TargetPolicy.REPLACE).build())
            .build();
    TreeOptions proven =
        TreeOptions.builder()
            .files(TransferOptions.builder().atLeast(Verification.DIGEST).build())
            .build();
    Path back = directory.resolve("back");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertThat(transfer.uploadTree(tree, "", fail).filesCopied()).isEqualTo(20);
      TreeReceipt failed = transfer.uploadTree(tree, "", fail);
      assertThat(failed.filesFailed()).isEqualTo(20);
      assertThat(failed.failures().get(0).cause()).isInstanceOf(TransferException.Refused.class);
      assertThat(failed.failures().get(0).cause()).hasMessageContaining("exists");
      assertThat(transfer.uploadTree(tree, "", replace).filesCopied()).isEqualTo(20);
      assertThat(transfer.uploadTree(tree, "", proven).filesEqual()).isEqualTo(20);

      assertThat(transfer.downloadTree("", back, fail).filesCopied()).isEqualTo(20);
      assertThat(transfer.downloadTree("", back, fail).filesFailed()).isEqualTo(20);
      assertThat(transfer.downloadTree("", back, replace).filesCopied()).isEqualTo(20);
      assertThat(transfer.downloadTree("", back, proven).filesEqual()).isEqualTo(20);
      // equal in size and time, not in content: only a digest tells
      Path spoilt = back.resolve("d00/f0010.bin");
      FileTime time = Files.getLastModifiedTime(spoilt);
      Files.write(spoilt, new byte[10]);
      Files.setLastModifiedTime(spoilt, time);
      assertThat(transfer.downloadTree("", back, ORDINARY).filesCopied()).isZero();
      assertThat(transfer.downloadTree("", back, proven).filesCopied()).isEqualTo(1);
    }
    assertThat(looks(back)).isEqualTo(looks(tree));
  }

  @Test
  void firstFailureStopsTheRestIfAskedTo() throws IOException {
    write("b:name", 10);
    TreeOptions options = TreeOptions.builder().stopAtFailure(true).build();
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> transfer.uploadTree(tree, "", options));
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> transfer.downloadTree("nowhere", directory.resolve("b"), ORDINARY));
      assertThatExceptionOfType(TransferException.NotFound.class)
          .isThrownBy(() -> transfer.uploadTree(directory.resolve("nowhere"), "", ORDINARY));
      assertThat(transfer.stat("")).isPresent();
    }
  }

  @Test
  void progressNeverFallsAndEndsWithTheWhole() throws IOException {
    writeMany(300, 3);
    List<TransferProgress> told = new ArrayList<>();
    TreeOptions options =
        TreeOptions.builder().files(TransferOptions.builder().listener(told::add).build()).build();
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TreeReceipt up = transfer.uploadTree(tree, "", options);
      TransferProgress last = told.get(told.size() - 1);
      assertThat(last.phase()).isEqualTo(TransferProgress.Phase.DONE);
      assertThat(last.bytes()).isEqualTo(up.bytes()).isEqualTo(last.totalBytes());
      assertThat(last.tree()).contains(new TransferProgress.Tree(300, 300));
    }
  }

  @Test
  void cutAgainAndAgainItStillArrives() throws IOException {
    writeMany(2000, 10);
    write("large.bin", 3_000_000);
    Path back = directory.resolve("back");
    try (CuttingProxy proxy = new CuttingProxy(fixture.server.port());
        TcpTransfer transfer = fixture.connect(proxy.port())) {
      proxy.cutAfterToServer.set(1_500_000);
      TreeReceipt up = transfer.uploadTree(tree, "", ORDINARY);
      assertThat(up.failures()).isEmpty();
      assertThat(up.reconnects()).isPositive();
      assertThat(up.filesCopied() + up.filesEqual()).isEqualTo(2001);
      assertThat(looks(fixture.root)).isEqualTo(looks(tree));

      proxy.cutAfterToClient.set(2_500_000);
      TreeReceipt down = transfer.downloadTree("", back, ORDINARY);
      assertThat(down.failures()).isEmpty();
      assertThat(down.reconnects()).isPositive();
      assertThat(down.filesCopied()).isEqualTo(2001);
      assertThat(looks(back)).isEqualTo(looks(tree));
    }
  }

  @Test
  void aSpoiltBatchIsSentAgainOverTheSameConnection() throws IOException {
    write("a.bin", 900_000);
    write("b.bin", 900_000);
    try (CuttingProxy proxy = new CuttingProxy(fixture.server.port());
        TcpTransfer transfer = fixture.connect(proxy.port())) {
      transfer.stat("");
      proxy.spoilAfterToServer.set(400_000);
      TreeReceipt up = transfer.uploadTree(tree, "", ORDINARY);
      assertThat(up.failures()).isEmpty();
      assertThat(up.filesCopied()).isEqualTo(2);
      assertThat(up.reconnects()).isZero();
      assertThat(proxy.spoilAfterToServer).hasValue(-1);
      assertThat(proxy.bytesToServer.get()).isGreaterThan(2_700_000);
      assertThat(proxy.connections).hasValue(1);
    }
    assertThat(looks(fixture.root)).isEqualTo(looks(tree));
  }

  @Test
  void aRestartedServerGoesOn() throws IOException {
    writeMany(1500, 5);
    int port = fixture.server.port();
    try (TcpTransfer transfer = fixture.connect(port)) {
      CompletableFuture<TreeReceipt> up = transfer.uploadTreeAsync(tree, "", ORDINARY);
      while (!Files.exists(fixture.root.resolve("d00")) && !up.isDone()) {
        Thread.onSpinWait();
      }
      fixture.server.close();
      fixture.server = fixture.newServer(port);
      TreeReceipt receipt = up.join();
      assertThat(receipt.failures()).isEmpty();
      assertThat(receipt.filesCopied() + receipt.filesEqual()).isEqualTo(1500);
    }
    assertThat(looks(fixture.root)).isEqualTo(looks(tree));
  }

  @Test
  void cancellationEndsItPromptly() throws Exception {
    writeMany(3000, 5);
    try (CuttingProxy proxy = new CuttingProxy(fixture.server.port());
        TcpTransfer transfer = fixture.connect(proxy.port())) {
      proxy.isServerMute = true;
      CompletableFuture<TreeReceipt> up = transfer.uploadTreeAsync(tree, "", ORDINARY);
      while (proxy.bytesToServer.get() < 500) {
        Thread.onSpinWait();
      }
      long begun = System.nanoTime();
      assertThat(up.cancel(true)).isTrue();
      transfer.close();
      assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(5));
    }
  }

  @Test
  void whatVanishesOrChangesMeanwhileFailsAlone() throws Exception {
    writeMany(1000, 4);
    Path changing = write("changing.bin", 200_000);
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      Thread changer =
          new Thread(
              () -> {
                try {
                  for (int i = 0; !Thread.interrupted(); i++) {
                    Files.write(changing, new byte[200_000 + i % 100]);
                    Files.deleteIfExists(tree.resolve("d00/f%04d.bin".formatted(i % 250 * 4)));
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      changer.start();
      TreeReceipt up;
      try {
        up = transfer.uploadTree(tree, "", ORDINARY);
      } finally {
        changer.interrupt();
        changer.join();
      }
      assertThat(up.failures())
          .allSatisfy(each -> assertThat(each.path()).matches("changing.bin|d00/.*"));
      assertThat(up.filesCopied()).isGreaterThanOrEqualTo(750);
    }
    for (int i = 1; i < 1000; i += 4) {
      String name = "d01/f%04d.bin".formatted(i);
      assertThat(fixture.root.resolve(name)).hasSameBinaryContentAs(tree.resolve(name));
    }
  }
}
