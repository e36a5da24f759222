package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.Location;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.TreeHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a caller is told of each file of a tree, and of all of them together. */
class TreeReceiptsIT {
  private static final int SMALL = 1000;
  private static final int LARGE = 3 << 20;

  @TempDir Path directory;
  private TcpFixture fixture;
  private final Map<Location, TransferReceipt> receipts = new ConcurrentHashMap<>();

  @BeforeEach
  void start() throws IOException {
    fixture = TcpFixture.secured(directory);
    fixture.file("small", SMALL);
    fixture.file("large", LARGE);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private TreeOptions told(UnaryOperator<TransferOptions.Builder> options) {
    return TreeOptions.builder()
        .files(options.apply(TransferOptions.builder()).build())
        .receipts(each -> assertThat(receipts.put(each.source(), each)).isNull())
        .build();
  }

  private Location there(String path) {
    return Location.of(Location.Scheme.WAYBILL, "127.0.0.1", fixture.server.port(), "/in/" + path);
  }

  private TransferReceipt receipt(Location source) {
    return Objects.requireNonNull(receipts.get(source), source::toString);
  }

  private void assertTold(Path from, boolean isUpload) throws IOException {
    for (String name : new String[] {"small", "large"}) {
      Location here = Location.of(from.resolve(name));
      TransferReceipt receipt = receipt(isUpload ? here : there(name));
      assertThat(receipt.target()).isEqualTo(isUpload ? there(name) : here);
      assertThat(receipt.bytes())
          .isEqualTo(receipt.bytesSent())
          .isEqualTo(Files.size(from.resolve(name)));
      assertThat(receipt.verification()).isEqualTo(Verification.DIGEST);
      assertThat(receipt.digest().map(Digest::algorithm)).contains(Digest.Algorithm.SHA_256_TREE);
      assertThat(receipt.tls()).hasValueSatisfying(tls -> assertThat(tls).startsWith("TLSv1.3"));
      assertThat(receipt.attempts()).isEqualTo(1);
      assertThat(receipt.duration()).isPositive();
    }
    ByteBuffer small = ByteBuffer.wrap(Files.readAllBytes(from.resolve("small")));
    Location key = isUpload ? Location.of(from.resolve("small")) : there("small");
    assertThat(receipt(key).digest()).contains(TreeHash.rootOfSmall(small));
  }

  @Test
  void eachCopiedFileHasAReceiptAndEqualOnesHaveNone() throws IOException {
    Path back = directory.resolve("back");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TreeReceipt up = transfer.uploadTree(fixture.local, "in", told(options -> options));
      assertThat(up.verification()).isEqualTo(Verification.DIGEST);
      assertThat(receipts).hasSize(2);
      assertTold(fixture.local, true);

      receipts.clear();
      TreeReceipt down = transfer.downloadTree("in", back, told(options -> options));
      assertThat(down.verification()).isEqualTo(Verification.DIGEST);
      assertThat(receipts).hasSize(2);
      assertTold(back, false);

      receipts.clear();
      TreeReceipt again = transfer.uploadTree(fixture.local, "in", told(options -> options));
      assertThat(again.filesEqual()).isEqualTo(2);
      assertThat(again.verification()).isEqualTo(Verification.SIZE_MTIME);
      assertThat(receipts).isEmpty();

      TreeReceipt proven =
          transfer.uploadTree(
              fixture.local, "in", told(options -> options.atLeast(Verification.DIGEST)));
      assertThat(proven.filesEqual()).isEqualTo(2);
      assertThat(proven.verification()).isEqualTo(Verification.DIGEST);
    }
  }

  @Test
  void withoutModesEveryFileOfATreeGetsThatOfANewOne() throws IOException {
    assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"));
    UnaryOperator<TransferOptions.Builder> without = options -> options.preserveMode(false);
    Path back = directory.resolve("back");
    for (String name : new String[] {"small", "large"}) {
      Files.setPosixFilePermissions(
          fixture.local.resolve(name), PosixFilePermissions.fromString("rwx--x--x"));
    }
    Set<PosixFilePermission> ofNew =
        Files.getPosixFilePermissions(Files.createFile(directory.resolve("new")));
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      transfer.uploadTree(fixture.local, "in", told(without));
      receipts.clear();
      transfer.uploadTree(fixture.local, "with", told(options -> options));
      receipts.clear();
      transfer.downloadTree("with", back, told(without));
    }
    for (String name : new String[] {"small", "large"}) {
      assertThat(Files.getPosixFilePermissions(fixture.root.resolve("in").resolve(name)))
          .isEqualTo(ofNew);
      assertThat(Files.getPosixFilePermissions(back.resolve(name))).isEqualTo(ofNew);
    }
  }

  @Test
  void withCrc32cNothingIsHashedAndEachReceiptSaysHowLittleThatProves() throws IOException {
    UnaryOperator<TransferOptions.Builder> crc = options -> options.integrity(Integrity.CRC32C);
    Path back = directory.resolve("back");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertCrc(transfer.uploadTree(fixture.local, "in", told(crc)), Location.of(fixture.local));
      receipts.clear();
      assertCrc(transfer.downloadTree("in", back, told(crc)), there(""));
    }
    assertThat(back.resolve("small")).hasSameBinaryContentAs(fixture.local.resolve("small"));
    assertThat(back.resolve("large")).hasSameBinaryContentAs(fixture.local.resolve("large"));
  }

  private void assertCrc(TreeReceipt receipt, Location from) throws IOException {
    assertThat(receipt.filesCopied()).isEqualTo(2);
    assertThat(receipt.verification()).isEqualTo(Verification.SIZE_MTIME);
    for (String name : new String[] {"small", "large"}) {
      CRC32C sum = new CRC32C();
      sum.update(Files.readAllBytes(fixture.local.resolve(name)));
      Location source =
          from.scheme() == Location.Scheme.WAYBILL
              ? there(name)
              : Location.of(fixture.local.resolve(name));
      assertThat(receipt(source).verification()).isEqualTo(Verification.SIZE_MTIME);
      assertThat(receipt(source).digest())
          .contains(Digest.parse("crc32c:%08x".formatted(sum.getValue())));
    }
  }

  @Test
  void aDeadlineIsThatOfTheWholeTreeAndWhatArrivedIsResumed() throws IOException {
    for (int i = 0; i < 4; i++) {
      fixture.file("more-" + i, LARGE + i);
    }
    WaybillServer slow =
        fixture.client(fixture.server.port()).rateLimit(RateLimit.of("8MiB/s")).build();
    try (TcpTransfer transfer = TcpTransfer.connect(slow)) {
      assertThatExceptionOfType(TransferException.Timeout.class)
          .isThrownBy(
              () ->
                  transfer.uploadTree(
                      fixture.local,
                      "in",
                      told(options -> options.deadline(Duration.ofMillis(1200)))))
          .withMessageContaining("the whole transfer");
    }
    receipts.clear();
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TreeReceipt rest = transfer.uploadTree(fixture.local, "in", told(options -> options));
      assertThat(rest.filesCopied() + rest.filesEqual()).isEqualTo(6);
      assertThat(rest.bytesResumed()).isPositive();
      assertThat(receipts.values().stream().mapToLong(TransferReceipt::bytesResumed).sum())
          .isEqualTo(rest.bytesResumed());
    }
  }

  @Test
  void whoIsToldMayEndIt() {
    TreeOptions ending =
        TreeOptions.builder()
            .receipts(
                each -> {
                  throw new IllegalStateException("no room for receipts");
                })
            .build();
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> transfer.uploadTree(fixture.local, "in", ending))
          .withMessage("no room for receipts");
    }
  }

  @Test
  void aDirectoryThatFailsIsNoFile() throws IOException {
    Files.createDirectories(fixture.local.resolve("blocked"));
    Files.writeString(fixture.local.resolve("blocked/in"), "x");
    Files.createDirectories(fixture.root.resolve("in"));
    Files.writeString(fixture.root.resolve("in/blocked"), "a file");
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      TreeReceipt up = transfer.uploadTree(fixture.local, "in", told(options -> options));
      assertThat(up.filesCopied()).isEqualTo(2);
      assertThat(up.filesFailed()).isEqualTo(1);
      assertThat(up.directoriesFailed()).isEqualTo(1);
      assertThat(up.failures())
          .extracting(TreeReceipt.Failure::path)
          .containsExactlyInAnyOrder("blocked", "blocked/in");
    }
  }

  @Test
  void whatWasDoneIsToldWhenTheCopyEndsByAnException() throws IOException {
    List<TreeReceipt> unfinished = new ArrayList<>();
    Files.writeString(fixture.local.resolve("a:b"), "x");
    Files.createDirectories(fixture.root.resolve("in"));
    try (TcpTransfer transfer = fixture.connect(fixture.server.port())) {
      transfer.upload(fixture.local.resolve("small"), "in/small");
      TreeOptions options =
          TreeOptions.builder().stopAtFailure(true).unfinished(unfinished::add).build();
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> transfer.uploadTree(fixture.local, "in", options));
      assertThat(unfinished).singleElement().extracting(TreeReceipt::filesFailed).isEqualTo(1L);
      Files.delete(fixture.local.resolve("a:b"));
      TreeReceipt whole = transfer.uploadTree(fixture.local, "in", options);
      assertThat(whole.filesEqual()).isEqualTo(1);
      assertThat(whole.bytesEqual()).isEqualTo(SMALL);
    }
    assertThat(unfinished).hasSize(1);
  }
}
