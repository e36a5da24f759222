package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FtpTreeIT {
  private static final Instant MODIFIED = Instant.parse("2024-02-29T22:59:58Z");
  private static final int DIRECTORIES = 6;
  private static final int FILES = 15;

  @TempDir Path home;
  @TempDir Path local;
  private @Nullable FtpSandbox sandbox;

  private FileTransfer connect(int mostLogins) throws Exception {
    stopServer();
    FtpSandbox started = new FtpSandbox(home, mostLogins);
    sandbox = started;
    return FtpTransfer.connect(started.settings().maxSessions(5).build());
  }

  private void stopServer() {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  @AfterEach
  void stop() throws IOException {
    stopServer();
    for (Path directory : List.of(home, local)) {
      try (Stream<Path> all = Files.walk(directory)) {
        assertThat(all.map(Path::toString).filter(each -> each.contains(".wb"))).isEmpty();
      }
    }
  }

  @Test
  void uploadsATreeAndThenFindsItEqual() throws Exception {
    Path source = tree(local.resolve("source"));
    try (FileTransfer ftp = connect(0)) {
      TreeReceipt first = ftp.uploadTree(source, "in/new", TreeOptions.defaults());
      assertThat(first.failures()).isEmpty();
      assertThat(first.filesCopied()).isEqualTo(DIRECTORIES * FILES + 1L);
      assertThat(first.verification()).isEqualTo(Verification.DIGEST);
      assertThat(first.directoriesMade()).isEqualTo(DIRECTORIES + 1L);
      assertThat(content(home.resolve("in/new"))).isEqualTo(content(source));

      TreeReceipt second = ftp.uploadTree(source, "in/new", TreeOptions.defaults());
      assertThat(second.filesCopied()).isZero();
      assertThat(second.filesEqual()).isEqualTo(DIRECTORIES * FILES + 1L);
    }
  }

  @Test
  void downloadsATreeAndThenFindsItEqual() throws Exception {
    Path source = tree(home.resolve("out"));
    Path target = local.resolve("target");
    try (FileTransfer ftp = connect(0)) {
      TreeReceipt first = ftp.downloadTree("out", target, TreeOptions.defaults());
      assertThat(first.failures()).isEmpty();
      assertThat(first.filesCopied()).isEqualTo(DIRECTORIES * FILES + 1L);
      assertThat(content(target)).isEqualTo(content(source));
      assertThat(target.resolve("empty")).isEmptyDirectory();
      assertThat(Files.getLastModifiedTime(target.resolve("d0/f0.bin")).toInstant())
          .isEqualTo(MODIFIED);

      TreeReceipt second = ftp.downloadTree("out", target, TreeOptions.defaults());
      assertThat(second.filesCopied()).isZero();
      assertThat(second.filesEqual()).isEqualTo(DIRECTORIES * FILES + 1L);
    }
  }

  @Test
  void aServerThatAllowsFewerLoginsIsLearnt() throws Exception {
    // each file waits for several replies, 40 ms each by the server's ways with TCP
    int few = 3;
    int all = 1 + DIRECTORIES * few;
    Path source = tree(local.resolve("source"), few);
    for (int most = 1; most <= 2; most++) {
      try (FileTransfer ftp = connect(most)) {
        TreeReceipt up = ftp.uploadTree(source, "most" + most, TreeOptions.defaults());
        assertThat(up.filesCopied()).isEqualTo(all);
        Path target = local.resolve("target" + most);
        TreeReceipt down = ftp.downloadTree("most" + most, target, TreeOptions.defaults());
        assertThat(down.filesCopied()).isEqualTo(all);
        assertThat(content(target)).isEqualTo(content(source));
      }
    }
  }

  @Test
  void aTreeIsListedOverTheOnlyLoginThereIs() throws Exception {
    for (int directory = 0; directory < 12; directory++) {
      Files.createDirectories(home.resolve("many/d" + directory));
      Files.writeString(home.resolve("many/d" + directory + "/x"), "x");
    }
    try (FileTransfer ftp = connect(1)) {
      assertThat(ftp.list("many", true)).hasSize(24);
    }
  }

  @Test
  void filtersAndPoliciesHold() throws Exception {
    Path source = tree(home.resolve("out"));
    Path target = local.resolve("target");
    Files.createDirectories(target.resolve("d1"));
    Files.writeString(target.resolve("d1/f3.bin"), "mine");
    TransferOptions failing = TransferOptions.builder().targetPolicy(TargetPolicy.FAIL).build();
    TreeOptions options =
        TreeOptions.builder()
            .files(failing)
            .include(List.of("d1/**"))
            .exclude(List.of("f1*.bin"))
            .build();
    try (FileTransfer ftp = connect(0)) {
      TreeReceipt receipt = ftp.downloadTree("out", target, options);
      assertThat(receipt.isComplete()).isFalse();
      assertThat(receipt.failures())
          .extracting(TreeReceipt.Failure::path, each -> each.cause().getClass())
          .containsExactly(tuple("d1/f3.bin", TransferException.Refused.class));
      assertThat(target.resolve("d1/f3.bin")).hasContent("mine");
      assertThat(target.resolve("d1/f2.bin")).hasSameBinaryContentAs(source.resolve("d1/f2.bin"));
      assertThat(target.resolve("d1/f1.bin")).doesNotExist();
      assertThat(target.resolve("d0/f0.bin")).doesNotExist();
    }
  }

  @Test
  void aFileInTheWayOfADirectoryStopsOnlyWhatIsBelowIt() throws Exception {
    Path source = local.resolve("source");
    file(source.resolve("d/e/f/deep.bin"), new byte[10]);
    file(source.resolve("d/e/beside.bin"), new byte[10]);
    file(source.resolve("z/other.bin"), new byte[10]);
    Files.createDirectories(home.resolve("in"));
    Files.writeString(home.resolve("in/d"), "a file");
    try (FileTransfer ftp = connect(0)) {
      TreeReceipt receipt = ftp.uploadTree(source, "in", TreeOptions.defaults());
      assertThat(receipt.failures()).extracting(TreeReceipt.Failure::path).containsExactly("d");
      assertThat(receipt.filesCopied()).isEqualTo(1);
    }
    assertThat(home.resolve("in/d")).hasContent("a file");
    assertThat(home.resolve("in/z/other.bin")).exists();
  }

  @Test
  void eachFileHasAReceiptIfSomebodyWantsIt() throws Exception {
    tree(home.resolve("out"));
    List<TransferReceipt> receipts = new ArrayList<>();
    TreeOptions options =
        TreeOptions.builder()
            .receipts(
                receipt -> {
                  synchronized (receipts) {
                    receipts.add(receipt);
                  }
                })
            .build();
    try (FileTransfer ftp = connect(0)) {
      ftp.downloadTree("out", local.resolve("target"), options);
    }
    assertThat(receipts).hasSize(DIRECTORIES * FILES + 1);
    assertThat(receipts).allSatisfy(each -> assertThat(each.digest()).isPresent());
  }

  @Test
  void aDirectoryThatIsNotThereIsSaidSo() throws Exception {
    try (FileTransfer ftp = connect(0)) {
      assertThatThrownBy(() -> ftp.downloadTree("no", local.resolve("x"), TreeOptions.defaults()))
          .isInstanceOf(TransferException.NotFound.class);
      assertThatThrownBy(() -> ftp.uploadTree(local.resolve("no"), "x", TreeOptions.defaults()))
          .isInstanceOf(TransferException.NotFound.class);
    }
  }

  @Test
  void aCancelledTreeEndsSoonAndGoesOnLater() throws Exception {
    Path source = tree(local.resolve("source"));
    try (FileTransfer ftp = connect(0)) {
      CompletableFuture<TreeReceipt> copying =
          ftp.uploadTreeAsync(source, "in", TreeOptions.defaults());
      while (!Files.exists(home.resolve("in/d0/f1.bin"))
          && !Files.exists(home.resolve("in/d5/f1.bin"))
          && !copying.isDone()) {
        Thread.onSpinWait();
      }
      copying.cancel(true);
      TreeReceipt rest = ftp.uploadTree(source, "in", TreeOptions.defaults());
      assertThat(rest.failures()).isEmpty();
      assertThat(content(home.resolve("in"))).isEqualTo(content(source));
    }
  }

  private static Path tree(Path root) throws IOException {
    return tree(root, FILES);
  }

  private static Path tree(Path root, int files) throws IOException {
    Random random = new Random(7);
    for (int d = 0; d < DIRECTORIES; d++) {
      for (int f = 0; f < files; f++) {
        byte[] bytes = new byte[random.nextInt(3000)];
        random.nextBytes(bytes);
        file(root.resolve("d" + d + "/f" + f + ".bin"), bytes);
      }
    }
    byte[] large = new byte[300_000];
    random.nextBytes(large);
    file(root.resolve("d0/größe 大.bin"), large);
    Files.createDirectories(root.resolve("empty"));
    return root;
  }

  private static void file(Path path, byte[] bytes) throws IOException {
    Files.createDirectories(path.getParent());
    Files.write(path, bytes);
    Files.setLastModifiedTime(path, FileTime.from(MODIFIED));
  }

  private static Map<String, String> content(Path root) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.toList()) {
        all.put(
            root.relativize(path).toString(),
            Files.isDirectory(path)
                ? "directory"
                : java.util.Arrays.hashCode(Files.readAllBytes(path)) + "");
      }
    }
    return all;
  }
}
