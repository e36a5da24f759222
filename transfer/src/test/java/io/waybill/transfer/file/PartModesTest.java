package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Digest;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.TreeHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartModesTest {
  private static final int MIB = 1 << 20;
  private static final Instant MODIFIED = Instant.parse("2024-02-29T23:59:59.123456Z");
  private static final Digest.Algorithm SHA = Digest.Algorithm.SHA_256;
  @TempDir Path dir;

  @Test
  void crc32cOnlyKnowsNoLeafAndFindsTheWholeCrcWithoutReading() throws IOException {
    byte[] content = random(1, 3 * MIB + 5);
    Arrays.fill(content, MIB, 2 * MIB, (byte) 0);
    try (PartFile part = open("t", content, PartOptions.crc32cOnly())) {
      write(part, 3, content);
      part.zero(1);
      write(part, 0, content);
      write(part, 2, content);
      assertThatThrownBy(() -> part.leaf(1)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(part::root).isInstanceOf(IllegalStateException.class);
      part.readBack();
      Digest whole =
          new Digest(Digest.Algorithm.CRC32C, "%08x".formatted(crc(content, 0, content.length)));
      spoil(part.path(), 5);
      assertThat(part.digest(Digest.Algorithm.CRC32C)).as("not read").isEqualTo(whole);
      assertThatThrownBy(part::readBack).isInstanceOf(IntegrityException.class);
      write(part, 0, content);
      part.publish(whole, TargetPolicy.REPLACE);
    }
    assertThat(dir.resolve("t")).hasBinaryContent(content);
  }

  @Test
  void crc32cThatDiffersIsRefusedWithoutTreeToo() throws IOException {
    byte[] content = random(2, MIB);
    try (PartFile part = open("t", content, PartOptions.crc32cOnly())) {
      assertThatThrownBy(() -> part.write(0, ByteBuffer.wrap(content), 1))
          .isInstanceOf(IntegrityException.class);
      write(part, 0, content);
      write(part, 0, content);
      byte[] other = random(3, MIB);
      assertThatThrownBy(() -> write(part, 0, other)).isInstanceOf(IntegrityException.class);
    }
  }

  @Test
  void resumeInTheOtherModeKeepsWhatThatModeNeeds() throws IOException {
    byte[] content = random(4, 3 * MIB);
    try (PartFile part = open("t", content, PartOptions.crc32cOnly())) {
      write(part, 0, content);
      write(part, 1, content);
    }
    try (PartFile part = open("t", content, PartOptions.crc32cOnly())) {
      assertThat(part.have().size()).as("same mode").isEqualTo(2);
    }
    try (PartFile part = open("t", content, PartOptions.withTree())) {
      assertThat(part.have().size()).as("no leaf, not there").isZero();
      write(part, 2, content);
    }
    try (PartFile part = open("t", content, PartOptions.withTree())) {
      assertThat(part.have().size()).isEqualTo(1);
      write(part, 0, content);
    }
    try (PartFile part = open("t", content, PartOptions.crc32cOnly())) {
      assertThat(part.have().isComplete()).as("a leaf does not harm").isTrue();
      part.readBack();
      part.publish(null, TargetPolicy.REPLACE);
    }
    assertThat(dir.resolve("t")).hasBinaryContent(content);
  }

  @Test
  void journalOfTheFirstVersionIsStartedOver() throws IOException {
    byte[] content = random(5, 2 * MIB);
    try (PartFile part = open("t", content, PartOptions.withTree())) {
      write(part, 0, content);
    }
    Path journal =
        names().stream()
            .filter(n -> n.endsWith(".wbjournal"))
            .map(dir::resolve)
            .findFirst()
            .orElseThrow();
    byte[] bytes = Files.readAllBytes(journal);
    assertThat(new String(bytes, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("WBJ2");
    ByteBuffer header = ByteBuffer.wrap(bytes);
    header.put(3, (byte) '1');
    header.putInt(52, ChunkContent.crc32c(ByteBuffer.wrap(bytes, 0, 52)));
    Files.write(journal, bytes);
    try (PartFile part = open("t", content, PartOptions.withTree())) {
      assertThat(part.have().size()).isZero();
    }
  }

  @Test
  void checkedChunkIsTakenAtItsWord() throws IOException {
    byte[] content = random(6, MIB);
    byte[] leaf = TreeHash.leaf(ByteBuffer.wrap(content));
    try (PartFile part = open("t", content, PartOptions.withTree())) {
      part.writeChecked(0, ByteBuffer.wrap(content), 77, leaf);
      assertThat(part.crc32c(0)).as("not summed again").isEqualTo(77);
      assertThat(part.leaf(0)).isEqualTo(leaf);
      assertThatThrownBy(() -> part.writeChecked(0, ByteBuffer.allocate(3), 77, leaf))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void runningDigestIsThatOfTheFileInWhateverOrderChunksCame(long seed) throws IOException {
    byte[] content = random(seed, 4 * MIB + 9);
    Arrays.fill(content, 2 * MIB, 3 * MIB, (byte) 0);
    List<Integer> order = new ArrayList<>(IntStream.range(0, 5).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    try (PartFile part = open("t", content, PartOptions.withTree().running(SHA))) {
      for (int i : order) {
        writeOrZero(part, i, content);
      }
      part.forget(0);
      write(part, 0, content);
      Digest expected = sha(content);
      assertThat(part.digest(SHA)).as("seed " + seed).isEqualTo(expected);
      assertThat(part.digest(SHA)).as("again").isEqualTo(expected);
      part.publish(expected, TargetPolicy.REPLACE);
    }
  }

  @Test
  void runningDigestReadsNothingWhenChunksCameInOrder() throws IOException {
    byte[] content = random(7, 3 * MIB);
    try (PartFile part = open("t", content, PartOptions.crc32cOnly().running(SHA))) {
      for (int i = 0; i < 3; i++) {
        write(part, i, content);
      }
      spoil(part.path(), MIB + 1);
      assertThat(part.digest(SHA)).isEqualTo(sha(content));
    }
    try (PartFile part = open("t", content, PartOptions.crc32cOnly().running(SHA))) {
      assertThatThrownBy(() -> part.digest(SHA))
          .as("read after a resume")
          .isInstanceOf(IntegrityException.class);
      assertThat(part.have().nextMissing(0)).isEqualTo(1);
    }
  }

  @Test
  void publishSetsTheModeAskedForAndNothingAboveIt() throws IOException {
    byte[] content = random(8, 100);
    try (PartFile part = open("t", content, PartOptions.withTree())) {
      write(part, 0, content);
      assertThat(part.publish(null, TargetPolicy.REPLACE, OptionalInt.of(06710))).isEqualTo("t");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("t"))))
        .isEqualTo("rwx--x---");
    assertThat((int) Files.getAttribute(dir.resolve("t"), "unix:mode") & 07777).isEqualTo(0710);
  }

  @Test
  void renameTakesTheNextFreeName() throws IOException {
    Files.writeString(dir.resolve("report.csv"), "1");
    Files.writeString(dir.resolve("report (2).csv"), "2");
    byte[] content = random(9, 100);
    try (PartFile part = open("report.csv", content, PartOptions.withTree())) {
      write(part, 0, content);
      assertThat(part.publish(null, TargetPolicy.RENAME)).isEqualTo("report (3).csv");
    }
    assertThat(names()).containsExactly("report (2).csv", "report (3).csv", "report.csv");
    assertThat(dir.resolve("report (3).csv")).hasBinaryContent(content);
    assertThat(dir.resolve("report.csv")).hasContent("1");
  }

  @Test
  void appendMakesOneFileOfBothAndKeepsItsMode() throws IOException {
    byte[] first = random(10, MIB + 7);
    byte[] second = random(11, 2 * MIB);
    for (byte[] content : List.of(first, second)) {
      try (PartFile part = open("log", content, PartOptions.withTree())) {
        for (int i = 0; i < part.layout().chunkCount(); i++) {
          write(part, i, content);
        }
        assertThat(part.publish(part.root(), TargetPolicy.APPEND)).isEqualTo("log");
      }
      if (content == first) {
        Files.setPosixFilePermissions(
            dir.resolve("log"), PosixFilePermissions.fromString("rw-rw----"));
      }
    }
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    assertThat(dir.resolve("log")).hasBinaryContent(both);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("log"))))
        .isEqualTo("rw-rw----");
    assertThat(names()).containsExactly("log");
  }

  @Test
  void appendToALinkIsRefusedAndThePartIsKept() throws IOException {
    Path outside = Files.writeString(dir.resolve("outside"), "o");
    Files.createSymbolicLink(dir.resolve("log"), outside);
    byte[] content = random(12, 10);
    try (PartFile part = open("log", content, PartOptions.withTree())) {
      write(part, 0, content);
      assertThatThrownBy(() -> part.publish(null, TargetPolicy.APPEND))
          .isInstanceOf(IOException.class);
    }
    assertThat(outside).hasContent("o");
    assertThat(names()).hasSize(4);
  }

  @Test
  void appendsFromSeveralThreadsLoseNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<String>> all = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        byte[] content = new byte[1000 + i];
        Arrays.fill(content, (byte) (i + 1));
        all.add(
            threads.submit(
                () -> {
                  try (PartFile part = open("log", content, PartOptions.crc32cOnly())) {
                    write(part, 0, content);
                    return part.publish(null, TargetPolicy.APPEND);
                  }
                }));
      }
      for (Future<String> each : all) {
        assertThat(each.get()).isEqualTo("log");
      }
    } finally {
      threads.shutdownNow();
    }
    byte[] log = Files.readAllBytes(dir.resolve("log"));
    for (int i = 0; i < 12; i++) {
      int wanted = i + 1;
      assertThat(IntStream.range(0, log.length).filter(at -> log[at] == wanted).count())
          .isEqualTo(1000 + i);
    }
    assertThat(log).hasSize(12_066);
  }

  @Test
  void equalChunksOfTheOldTargetAreTakenFromIt() throws IOException {
    byte[] before = random(13, 3 * MIB + 100);
    byte[] after = Arrays.copyOf(before, 4 * MIB);
    after[MIB + 5]++;
    Files.write(dir.resolve("t"), before);
    try (PartFile part = open("t", after, PartOptions.withTree());
        SourceFile old = SourceFile.open(dir.resolve("t"))) {
      TargetChunks chunks = new TargetChunks(old, part.layout());
      assertThat(chunks.layout().chunkCount()).isEqualTo(4);
      List<Integer> taken = new ArrayList<>();
      for (var each = chunks.next(); each.isPresent(); each = chunks.next()) {
        TargetChunks.Chunk chunk = each.get();
        int i = chunk.index();
        assertThat(chunk.crc32c()).isEqualTo(crc(before, i * MIB, chunk.lengthBytes()));
        byte[] wanted = TreeHash.leaf(ByteBuffer.wrap(after, i * MIB, MIB));
        if (Arrays.equals(chunk.leaf(), wanted)) {
          part.copyFrom(old, chunk.offset(), i, wanted);
          taken.add(i);
        }
      }
      assertThat(taken).containsExactly(0, 2);
      byte[] wanted = TreeHash.leaf(ByteBuffer.wrap(after, MIB, MIB));
      assertThatThrownBy(() -> part.copyFrom(old, MIB, 1, wanted))
          .isInstanceOf(IntegrityException.class);
      assertThatThrownBy(() -> part.copyFrom(old, 3 * MIB, 3, wanted))
          .isInstanceOf(IntegrityException.class);
      assertThat(part.have().contains(1)).isFalse();
      write(part, 1, after);
      write(part, 3, after);
      part.publish(part.root(), TargetPolicy.REPLACE);
    }
    assertThat(dir.resolve("t")).hasBinaryContent(after);
  }

  private static void writeOrZero(PartFile part, int index, byte[] content) throws IOException {
    if (index == 2) {
      part.zero(index);
    } else {
      write(part, index, content);
    }
  }

  private static void spoil(Path file, long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      channel.write(one.put(0, (byte) ~one.get(0)).flip(), at);
    }
  }

  private PartFile open(String name, byte[] content, PartOptions options) throws IOException {
    return PartFile.open(
        DirectoryHandle.open(dir),
        name,
        SourceIdentity.of(content.length, MODIFIED),
        "waybill://host/t",
        options);
  }

  private static void write(PartFile part, int index, byte[] content) throws IOException {
    int at = Math.toIntExact(part.layout().offsetOf(index));
    int length = part.layout().lengthOf(index);
    part.write(index, ByteBuffer.wrap(content, at, length), crc(content, at, length));
  }

  private static int crc(byte[] bytes, int offset, int length) {
    return ChunkContent.crc32c(ByteBuffer.wrap(bytes, offset, length));
  }

  private static Digest sha(byte[] content) {
    PlainDigest digest = new PlainDigest(SHA);
    digest.update(content, 0, content.length);
    return digest.digest();
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
