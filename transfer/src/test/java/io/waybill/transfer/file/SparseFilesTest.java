package io.waybill.transfer.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.waybill.transfer.Digest;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Holes of a source are holes of its copy, also such as are smaller than a chunk. */
@EnabledOnOs(OS.LINUX)
class SparseFilesTest {
  private static final int MIB = 1 << 20;
  private static final int BLOCK = 64 << 10;
  private final LocalCopy copy = new LocalCopy(InstantSource.fixed(Instant.EPOCH));
  @TempDir Path dir;

  @BeforeEach
  void fileSystemHasHoles() throws Exception {
    Path file = dir.resolve("probe");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(8 * MIB);
    }
    assumeTrue(allocated(file) < MIB, "the file system of " + dir + " has no holes");
    Files.delete(file);
  }

  @Test
  void holesWithinAndOverChunksAreKept() throws Exception {
    Path source = dir.resolve("source");
    byte[] block = random(1, BLOCK);
    try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
      file.setLength(64L * MIB + 5);
      for (int i = 0; i < 8; i++) { // eight of a chunk's blocks, then seven chunks of nothing
        for (int j = 0; j < 8; j++) {
          file.seek(8L * i * MIB + 128L * j * 1024);
          file.write(block);
        }
      }
    }
    TransferReceipt receipt = copy.copy(source, dir.resolve("t"), TransferOptions.defaults());
    assertThat(dir.resolve("t")).hasSameBinaryContentAs(source);
    try (SourceFile file = SourceFile.open(source)) {
      assertThat(receipt.digest()).contains(file.digest(Digest.Algorithm.SHA_256));
    }
    assertThat(allocated(dir.resolve("t"))).isBetween(64L * BLOCK, 64L * BLOCK + 64 * 1024);
  }

  @Test
  void zerosOverWhatIsThereAreWritten() throws Exception {
    byte[] zeros = new byte[MIB];
    Arrays.fill(zeros, 3 * BLOCK, 4 * BLOCK, (byte) 1);
    byte[] old = random(2, MIB);
    SourceIdentity identity = SourceIdentity.of(MIB, Instant.EPOCH);
    Path target = dir.resolve("t");
    Path partPath;
    try (PartFile part = PartFile.open(target, identity, "here")) {
      partPath = part.path();
    }
    // an earlier writer's bytes, which no journal knows of
    Files.write(partPath, old);
    try (PartFile part = PartFile.open(target, identity, "here")) {
      part.appender().write(zeros);
      part.publish(null, TargetPolicy.REPLACE);
    }
    assertThat(target).hasBinaryContent(zeros);
  }

  @Test
  void resumedCopyKeepsHolesAndBytes() throws Exception {
    byte[] content = new byte[6 * MIB + 100];
    for (int i = 0; i < content.length / BLOCK; i += 16) {
      System.arraycopy(random(i, BLOCK), 0, content, i * BLOCK, BLOCK);
    }
    Path source = Files.write(dir.resolve("source"), content);
    Path target = dir.resolve("t");
    SourceIdentity identity;
    try (SourceFile file = SourceFile.open(source)) {
      identity = file.identity();
    }
    try (PartFile part = PartFile.open(target, identity, source.toAbsolutePath().toString())) {
      part.appender().write(content, 0, 3 * MIB + 7);
    }
    TransferReceipt receipt = copy.copy(source, target, TransferOptions.defaults());
    assertThat(receipt.bytesResumed()).isEqualTo(3L * MIB);
    assertThat(target).hasBinaryContent(content);
    assertThat(allocated(target)).isLessThan(content.length / 8L);
  }

  @Test
  void ordinaryBytesAreAllThere() throws Exception {
    byte[] content = random(3, 2 * MIB + 17);
    Path source = Files.write(dir.resolve("source"), content);
    copy.copy(source, dir.resolve("t"), TransferOptions.defaults());
    assertThat(dir.resolve("t")).hasBinaryContent(content);
    assertThat(allocated(dir.resolve("t"))).isGreaterThanOrEqualTo(content.length);
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static long allocated(Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("stat", "-c", "%b %B", file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8).trim();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    String[] blocks = said.split(" ", 2);
    return Long.parseLong(blocks[0]) * Long.parseLong(blocks[1]);
  }
}
