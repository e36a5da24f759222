package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Digest;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartFileTest {
  private static final int MIB = 1 << 20;
  private static final Instant MODIFIED = Instant.parse("2024-02-29T23:59:59.123456Z");
  @TempDir Path dir;

  @Test
  void nothingIsVisibleUnderTheNameBeforePublish() throws IOException {
    byte[] content = random(1, 2 * MIB + 77);
    Path target = dir.resolve("größe 大.bin");
    try (PartFile part = open(target, content)) {
      for (int i = 2; i >= 0; i--) {
        assertThat(target).doesNotExist();
        write(part, i, content);
      }
      assertThat(target).doesNotExist();
      part.publish(part.root(), TargetPolicy.REPLACE);
    }
    assertThat(target).hasBinaryContent(content);
    assertThat(Files.getLastModifiedTime(target).toInstant()).isEqualTo(MODIFIED);
    assertThat(names()).containsExactly("größe 大.bin");
  }

  @Test
  void emptyFileIsPublished() throws IOException {
    Path target = dir.resolve("empty");
    try (PartFile part = open(target, new byte[0])) {
      part.publish(null, TargetPolicy.FAIL);
    }
    assertThat(target).isEmptyFile();
    assertThat(names()).containsExactly("empty");
  }

  @Test
  void wrongCrcIsRefusedBeforeAnythingIsWritten() throws IOException {
    byte[] content = random(2, MIB);
    try (PartFile part = open(dir.resolve("t"), content)) {
      assertThatThrownBy(() -> part.write(0, ByteBuffer.wrap(content), 1))
          .isInstanceOf(IntegrityException.class)
          .hasMessageContaining("chunk 0");
      ByteBuffer there = ByteBuffer.allocate(MIB);
      part.read(0, there);
      assertThat(ChunkContent.isAllZero(there.flip())).isTrue();
      assertThat(part.have().size()).isZero();
    }
  }

  @Test
  void chunkThatDoesNotFitIsRefused() throws IOException {
    try (PartFile part = open(dir.resolve("t"), new byte[MIB + 1])) {
      for (int index : new int[] {-1, 2}) {
        assertThatThrownBy(() -> part.write(index, ByteBuffer.allocate(1), 0))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThatThrownBy(() -> part.write(1, ByteBuffer.allocate(2), 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void sameChunkAgainIsFineAndAnotherContentIsNot() throws IOException {
    byte[] content = random(3, MIB);
    try (PartFile part = open(dir.resolve("t"), content)) {
      write(part, 0, content);
      write(part, 0, content);
      byte[] other = random(4, MIB);
      assertThatThrownBy(() -> write(part, 0, other)).isInstanceOf(IntegrityException.class);
      part.publish(part.digest(Digest.Algorithm.SHA_256), TargetPolicy.REPLACE);
    }
    assertThat(dir.resolve("t")).hasBinaryContent(content);
  }

  /** Stops at random points, reopens, and asks only for what is missing. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void abandonedPartIsContinuedFromWhatItHas(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] content = random(seed, 4 * MIB + random.nextInt(2 * MIB));
    Arrays.fill(content, MIB, 2 * MIB, (byte) 0);
    Path target = dir.resolve("t");
    int written = 0;
    int rounds = 0;
    ChunkSet before = ChunkSet.empty((content.length + MIB - 1) / MIB);
    while (!Files.exists(target)) {
      rounds++;
      try (PartFile part = open(target, content)) {
        assertThat(part.have()).isEqualTo(before);
        assertThat(part.resumedBytes()).isEqualTo(before.bytes(part.layout()));
        int steps = random.nextInt(3);
        for (int i = part.have().nextMissing(0);
            i >= 0 && steps-- > 0;
            i = part.have().nextMissing(i)) {
          if (i == 1) {
            part.zero(i);
          } else {
            write(part, i, content);
          }
          written++;
        }
        before = part.have();
        if (before.isComplete()) {
          part.readBack();
          part.publish(part.root(), TargetPolicy.REPLACE);
        }
      }
    }
    assertThat(target).hasBinaryContent(content);
    assertThat(written).as("each chunk once").isEqualTo(before.chunkCount());
    assertThat(rounds).isPositive();
    assertThat(names()).containsExactly("t");
  }

  /** What a kill leaves: data and journal as of the last flush, a tail torn anywhere. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
  void tornJournalLosesItsTailOnly(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] content = random(seed, 5 * MIB);
    Path target = dir.resolve("t");
    Path journal;
    try (PartFile part = open(target, content)) {
      for (int i = 0; i < 4; i++) {
        write(part, i, content);
      }
      part.flush();
      journal = dir.resolve(journalName());
    }
    byte[] bytes =
        Arrays.copyOf(
            Files.readAllBytes(journal), PartJournal.HEADER_BYTES + 4 * PartJournal.RECORD_BYTES);
    int keep = random.nextInt(bytes.length);
    byte[] torn = Arrays.copyOf(bytes, keep + 20);
    random.ints(20).forEach(i -> torn[keep + Math.floorMod(i, 20)] ^= (byte) (i | 1));
    Files.write(journal, torn, StandardOpenOption.TRUNCATE_EXISTING);

    int whole = Math.max(0, (keep - PartJournal.HEADER_BYTES) / PartJournal.RECORD_BYTES);
    try (PartFile part = open(target, content)) {
      assertThat(part.have().size()).isLessThanOrEqualTo(whole + 1).isGreaterThanOrEqualTo(whole);
      for (int i = part.have().nextMissing(0); i >= 0; i = part.have().nextMissing(i)) {
        write(part, i, content);
      }
      part.publish(null, TargetPolicy.REPLACE);
    }
    assertThat(target).hasBinaryContent(content);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {21, 22, 23, 24})
  void hostileJournalIsNotBelieved(long seed) throws IOException {
    byte[] content = random(seed, 3 * MIB);
    Path target = dir.resolve("t");
    open(target, content).close();
    byte[] junk = random(seed, 3000);
    Files.write(dir.resolve(journalName()), junk);
    try (PartFile part = open(target, content)) {
      assertThat(part.have().size()).isZero();
    }
  }

  @Test
  void anotherVersionOfTheSourceStartsAnew() throws IOException {
    byte[] content = random(5, 2 * MIB);
    Path target = dir.resolve("t");
    try (PartFile part = open(target, content)) {
      write(part, 0, content);
    }
    SourceIdentity later = SourceIdentity.of(content.length, MODIFIED.plusNanos(1));
    try (PartFile part = PartFile.open(target, later, "ftp://host/t")) {
      assertThat(part.have().size()).isZero();
      part.discard();
    }
    assertThat(names()).hasSize(2);
  }

  @Test
  void partThatSomebodyCutIsNotBelieved() throws IOException {
    byte[] content = random(6, 2 * MIB);
    Path target = dir.resolve("t");
    Path path;
    try (PartFile part = open(target, content)) {
      write(part, 0, content);
      path = part.path();
    }
    Files.write(path, new byte[10], StandardOpenOption.TRUNCATE_EXISTING);
    try (PartFile part = open(target, content)) {
      assertThat(part.have().size()).isZero();
    }
  }

  @Test
  void whatRottedBetweenTwoWritersIsFoundBeforeItIsPublishedAndAskedForAgain() throws IOException {
    byte[] content = random(8, 4 * MIB);
    Path target = dir.resolve("t");
    Path path;
    try (PartFile part = open(target, content)) {
      for (int i = 0; i < 3; i++) {
        write(part, i, content);
      }
      path = part.path();
    }
    try (FileChannel rot = FileChannel.open(path, StandardOpenOption.WRITE)) {
      rot.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 100);
      rot.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 2 * MIB + 100);
    }
    try (PartFile part = open(target, content)) {
      write(part, 3, content);
      assertThatThrownBy(() -> part.publish(null, TargetPolicy.REPLACE))
          .isInstanceOf(IntegrityException.class)
          .hasMessageContaining("Chunk 0");
      assertThat(target).doesNotExist();
    }
    try (PartFile part = open(target, content)) {
      assertThat(part.have().contains(0)).isFalse();
      assertThat(part.have().contains(1)).isTrue();
      assertThat(part.have().contains(2)).isFalse();
      write(part, 0, content);
      write(part, 2, content);
      part.publish(null, TargetPolicy.REPLACE);
    }
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void byteThatRottedOnDiskIsFoundByReadBackAndAskedForAgain() throws IOException {
    byte[] content = random(7, 2 * MIB);
    Path target = dir.resolve("t");
    try (PartFile part = open(target, content)) {
      write(part, 0, content);
      write(part, 1, content);
      part.flush();
      try (var channel = Files.newByteChannel(part.path(), StandardOpenOption.WRITE)) {
        channel.position(MIB + 3).write(ByteBuffer.wrap(new byte[] {(byte) ~content[MIB + 3]}));
      }
      assertThatThrownBy(part::readBack).isInstanceOf(IntegrityException.class);
      assertThat(part.have().nextMissing(0)).isEqualTo(1);
    }
    try (PartFile part = open(target, content)) {
      assertThat(part.have().nextMissing(0)).as("also after a restart").isEqualTo(1);
      write(part, 1, content);
      part.readBack();
      part.publish(null, TargetPolicy.REPLACE);
    }
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void zeroChunkAfterARestartIsZeroWhateverLiesThere() throws IOException {
    byte[] content = new byte[2 * MIB];
    Path target = dir.resolve("t");
    Path path;
    try (PartFile part = open(target, content)) {
      part.zero(0);
      path = part.path();
    }
    try (var channel = Files.newByteChannel(path, StandardOpenOption.WRITE)) {
      channel.position(MIB + 3).write(ByteBuffer.wrap(new byte[] {1}));
    }
    try (PartFile part = open(target, content)) {
      assertThat(part.have().size()).isEqualTo(1);
      part.zero(1);
      part.publish(null, TargetPolicy.REPLACE);
    }
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void secondWriterIsKeptAway() throws IOException {
    byte[] content = random(8, MIB);
    Path target = dir.resolve("t");
    try (PartFile first = open(target, content)) {
      assertThatThrownBy(() -> open(target, content)).isInstanceOf(PartFileBusyException.class);
      write(first, 0, content);
      first.publish(null, TargetPolicy.REPLACE);
    }
    open(target, content).discard();
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void wrongDigestPublishesNothingAndKeepsTheOldFile() throws IOException {
    byte[] content = random(9, MIB);
    Path target = Files.writeString(dir.resolve("t"), "old");
    try (PartFile part = open(target, content)) {
      write(part, 0, content);
      Digest wrong = Digest.of(Digest.Algorithm.SHA_256, new byte[32]);
      assertThatThrownBy(() -> part.publish(wrong, TargetPolicy.REPLACE))
          .isInstanceOf(IntegrityException.class);
      assertThatThrownBy(() -> part.publish(null, TargetPolicy.FAIL))
          .isInstanceOf(FileAlreadyExistsException.class);
      assertThat(target).hasContent("old");
    }
  }

  @Test
  void incompletePartCannotBePublished() throws IOException {
    try (PartFile part = open(dir.resolve("t"), new byte[MIB])) {
      assertThatThrownBy(() -> part.publish(null, TargetPolicy.REPLACE))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {31, 32, 33, 34, 35, 36})
  void appenderContinuesWhereItsWholeChunksEnd(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] content = random(seed, 3 * MIB + random.nextInt(MIB));
    Path target = dir.resolve("t");
    int stop = random.nextInt(content.length);
    try (PartFile part = open(target, content)) {
      PartAppender out = part.appender();
      feed(random, out, content, stop);
      int tail = Math.min(stop, 64 << 10);
      assertThat(out.tail(64 << 10)).isEqualTo(Arrays.copyOfRange(content, stop - tail, stop));
    }
    try (PartFile part = open(target, content)) {
      PartAppender out = part.appender(Digest.Algorithm.SHA_256, Digest.Algorithm.MD5);
      assertThat(out.position()).isEqualTo((long) (stop - stop % MIB));
      feed(random, out, content, content.length);
      Digest running = out.digest(Digest.Algorithm.SHA_256);
      assertThat(running).isEqualTo(part.digest(Digest.Algorithm.SHA_256));
      assertThatThrownBy(() -> out.write(1)).isInstanceOf(IntegrityException.class);
      part.publish(running, TargetPolicy.REPLACE);
    }
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void severalThreadsFillOneFile() throws Exception {
    byte[] content = random(40, 6 * MIB);
    Path target = dir.resolve("t");
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (PartFile part = open(target, content)) {
      List<Future<Boolean>> writers = new ArrayList<>();
      for (int first = 0; first < 3; first++) {
        int from = first;
        writers.add(
            threads.submit(
                () -> {
                  write(part, from, content);
                  write(part, from + 3, content);
                  return true;
                }));
      }
      for (Future<Boolean> writer : writers) {
        assertThat(writer.get()).isTrue();
      }
      part.publish(part.digest(Digest.Algorithm.SHA_256), TargetPolicy.REPLACE);
    } finally {
      threads.shutdownNow();
    }
    assertThat(target).hasBinaryContent(content);
  }

  @Test
  void journalIsFlushedAfterOneSecond() throws IOException {
    byte[] content = random(10, 3 * MIB);
    long[] now = {0};
    SourceIdentity source = SourceIdentity.of(content.length, MODIFIED);
    try (PartFile part =
        PartFile.open(DirectoryHandle.open(dir), "t", source, "ftp://host/t", () -> now[0])) {
      write(part, 0, content);
      byte[] room = Files.readAllBytes(dir.resolve(journalName()));
      assertThat(room).as("room for later").containsOnly(0);
      assertThat(room).hasSize(PartJournal.HEADER_BYTES + 3 * PartJournal.RECORD_BYTES);
      now[0] = 1_000_000_000L;
      write(part, 1, content);
      byte[] flushed = Files.readAllBytes(dir.resolve(journalName()));
      int second = PartJournal.HEADER_BYTES + PartJournal.RECORD_BYTES;
      assertThat(ByteBuffer.wrap(flushed).getInt(second)).as("its chunk").isEqualTo(1);
      assertThat(Arrays.copyOfRange(flushed, second + PartJournal.RECORD_BYTES, flushed.length))
          .containsOnly(0);
    }
  }

  @Test
  void nameIsCutAtAWholeCharacter() {
    String longName = "大".repeat(60);
    PartName name = PartName.of(longName, SourceIdentity.of(1, MODIFIED), "x");
    assertThat(name.part()).startsWith("." + "大".repeat(33) + ".").endsWith(".wbpart");
    assertThat(PartName.isReserved(name.part())).isTrue();
    assertThat(PartName.isReserved(name.journal())).isTrue();
  }

  private static void feed(Random random, PartAppender out, byte[] content, int end)
      throws IOException {
    int at = Math.toIntExact(out.position());
    while (at < end) {
      int step = Math.min(end - at, 1 + random.nextInt(300_000));
      out.write(content, at, step);
      at += step;
      assertThat(out.position()).isEqualTo(at);
    }
  }

  private PartFile open(Path target, byte[] content) throws IOException {
    return PartFile.open(target, SourceIdentity.of(content.length, MODIFIED), "ftp://host/t");
  }

  private static void write(PartFile part, int index, byte[] content) throws IOException {
    ByteBuffer chunk =
        ByteBuffer.wrap(
            content, Math.toIntExact(part.layout().offsetOf(index)), part.layout().lengthOf(index));
    part.write(index, chunk, ChunkContent.crc32c(chunk));
  }

  private String journalName() throws IOException {
    return names().stream().filter(name -> name.endsWith(".wbjournal")).findFirst().orElseThrow();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
