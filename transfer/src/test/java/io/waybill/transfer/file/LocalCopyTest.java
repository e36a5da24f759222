package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Digest;
import io.waybill.transfer.ExpectedContract;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.Verification;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LocalCopyTest {
  private static final int MIB = 1 << 20;
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private final LocalCopy copy = new LocalCopy(InstantSource.fixed(NOW));
  @TempDir Path dir;

  @Test
  void copyHasBytesTimeAndDigest() throws IOException {
    Path source = source(1, 2 * MIB + 3);
    List<TransferProgress.Phase> phases = new ArrayList<>();
    TransferOptions options =
        TransferOptions.builder().listener(progress -> phases.add(progress.phase())).build();
    TransferReceipt receipt = copy.copy(source, dir.resolve("t"), options);
    assertThat(dir.resolve("t")).hasSameBinaryContentAs(source);
    assertThat(micros(dir.resolve("t"))).isEqualTo(micros(source));
    assertThat(receipt.bytes()).isEqualTo(2 * MIB + 3);
    assertThat(receipt.started()).isEqualTo(NOW);
    assertThat(receipt.verification()).isEqualTo(Verification.SIZE_MTIME);
    try (SourceFile file = SourceFile.open(source)) {
      assertThat(receipt.digest()).contains(file.digest(Digest.Algorithm.SHA_256));
    }
    assertThat(phases)
        .containsExactly(
            TransferProgress.Phase.TRANSFERRING,
            TransferProgress.Phase.VERIFYING,
            TransferProgress.Phase.PUBLISHING,
            TransferProgress.Phase.DONE);
    assertThat(copy.copy(source, dir.resolve("t"), options).skippedBecauseEqual()).isTrue();
  }

  @Test
  void listenerThatThrowsChangesNothing() throws IOException {
    Path source = source(2, 10);
    TransferOptions options =
        TransferOptions.builder()
            .listener(
                progress -> {
                  throw new IllegalStateException("listener");
                })
            .build();
    copy.copy(source, dir.resolve("t"), options);
    assertThat(dir.resolve("t")).hasSameBinaryContentAs(source);
  }

  @Test
  void readBackAndTreeAreReachedWhenAskedFor() throws IOException {
    Path source = source(3, MIB + 1);
    TransferOptions options =
        TransferOptions.builder()
            .atLeast(Verification.DIGEST)
            .digest(Digest.Algorithm.SHA_256_TREE)
            .build();
    TransferReceipt receipt = copy.copy(source, dir.resolve("t"), options);
    assertThat(receipt.verification()).isEqualTo(Verification.READ_BACK);
    try (SourceFile file = SourceFile.open(dir.resolve("t"))) {
      assertThat(receipt.digest()).contains(file.digest(Digest.Algorithm.SHA_256_TREE));
    }
    assertThat(copy.copy(source, dir.resolve("t"), options).skippedBecauseEqual()).isTrue();
  }

  @Test
  void interruptedCopyIsContinued() throws IOException {
    Path source = source(4, 3 * MIB);
    Path target = dir.resolve("t");
    byte[] content = Files.readAllBytes(source);
    SourceIdentity identity;
    try (SourceFile file = SourceFile.open(source)) {
      identity = file.identity();
    }
    try (PartFile part = PartFile.open(target, identity, source.toAbsolutePath().toString())) {
      part.appender().write(content, 0, 2 * MIB + 5);
    }
    assertThat(copy.copy(source, target, TransferOptions.defaults()).bytesResumed())
        .isEqualTo(2L * MIB);
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void sourceThatChangesWhileItIsReadIsNotPublished() throws IOException {
    Path source = source(5, MIB);
    TransferOptions options =
        TransferOptions.builder()
            .listener(
                progress -> {
                  if (progress.phase() == TransferProgress.Phase.VERIFYING) {
                    touch(source);
                  }
                })
            .build();
    assertThatThrownBy(() -> copy.copy(source, dir.resolve("t"), options))
        .isInstanceOf(TransferException.Integrity.class);
    assertThat(dir).isDirectoryNotContaining(each -> !each.equals(source));
  }

  @Test
  void existingTargetIsRefusedWhenTold() throws IOException {
    Path source = source(6, 10);
    Path target = Files.writeString(dir.resolve("t"), "old");
    TransferOptions fail = TransferOptions.builder().targetPolicy(TargetPolicy.FAIL).build();
    assertThatThrownBy(() -> copy.copy(source, target, fail))
        .isInstanceOf(TransferException.Refused.class);
    assertThat(target).hasContent("old");
    copy.copy(source, target, TransferOptions.defaults());
    assertThat(target).hasSameBinaryContentAs(source);
  }

  @Test
  void missingSourceAndSameFileAreToldApart() throws IOException {
    Path source = source(7, 10);
    assertThatThrownBy(
            () -> copy.copy(dir.resolve("no"), dir.resolve("t"), TransferOptions.defaults()))
        .isInstanceOf(TransferException.NotFound.class);
    assertThatThrownBy(() -> copy.copy(source, source, TransferOptions.defaults()))
        .isInstanceOf(TransferException.Configuration.class);
    assertThatThrownBy(() -> copy.copy(dir, dir.resolve("t"), TransferOptions.defaults()))
        .isInstanceOf(TransferException.LocalFile.class)
        .hasMessageContaining("not a regular file");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void fullDiskIsRecognised() throws IOException {
    Path full = Path.of("/dev/full");
    try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
      assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
          .isInstanceOfSatisfying(
              IOException.class,
              e -> {
                IOException seen = DiskFullException.recognise(e, full, 1);
                assertThat(seen).isInstanceOf(DiskFullException.class);
                TransferException told = LocalFailures.translate(full, seen);
                assertThat(told.isTransient()).isTrue();
                assertThat(told).hasMessageContaining("/dev/full");
              });
    }
    IOException quota = new IOException("Disk quota exceeded");
    assertThat(DiskFullException.recognise(quota, full, 1)).isInstanceOf(DiskFullException.class);
    IOException other = new IOException("Input/output error");
    assertThat(DiskFullException.recognise(other, dir.resolve("x"), 1)).isSameAs(other);
  }

  private static Instant micros(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.MICROS);
  }

  private static void touch(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(NOW));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path source(long seed, int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return Files.write(dir.resolve("source"), bytes);
  }

  @Test
  void whatTheContentMustHaveIsComparedBeforeItIsPublished() throws IOException {
    Path source = ExpectedContract.source(dir.resolve("s"));
    Path target = Files.createDirectory(dir.resolve("to")).resolve("t");
    ExpectedContract.holds(source, target, options -> copy.copy(source, target, options));
    ExpectedContract.tellsAnotherAlgorithm(source, options -> copy.copy(source, target, options));
    Digest tree = new Digest(Digest.Algorithm.SHA_256_TREE, "ab".repeat(32));
    assertThatThrownBy(() -> TransferOptions.builder().expected(tree))
        .isInstanceOf(TransferException.Configuration.class);
    TransferOptions one =
        TransferOptions.builder()
            .expected(new Digest(Digest.Algorithm.MD5, "ab".repeat(16)))
            .build();
    assertThatThrownBy(() -> TreeOptions.builder().files(one).build())
        .isInstanceOf(TransferException.Configuration.class)
        .hasMessageContaining("one file");
  }
}
