package io.waybill.transfer.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Crc32cCombineTest {
  private static final int MIB = 1 << 20;

  @Test
  void checkValueOfTheCatalogueIsReachedFromAnySplit() {
    byte[] check = "123456789".getBytes(StandardCharsets.US_ASCII);
    for (int split = 0; split <= check.length; split++) {
      assertThat(
              Crc32cCombine.combine(
                  crc(check, 0, split),
                  crc(check, split, check.length - split),
                  check.length - split))
          .isEqualTo(0xE3069283);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomSplitsCombineToTheWhole(long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[1 + random.nextInt(300_000)];
    random.nextBytes(bytes);
    int combined = 0;
    int at = 0;
    while (at < bytes.length) {
      int step = Math.min(bytes.length - at, random.nextInt(50_000));
      combined = Crc32cCombine.combine(combined, crc(bytes, at, step), step);
      at += step;
    }
    assertThat(combined).as("seed " + seed).isEqualTo(crc(bytes, 0, bytes.length));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB, 3 * MIB + 12_345})
  void chunksOfAFileCombineToTheWhole(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    ChunkLayout layout = ChunkLayout.of(size);
    ChunkLeaves chunks = new ChunkLeaves(layout.chunkCount());
    for (int i = 0; i < layout.chunkCount(); i++) {
      chunks.set(i, crc(bytes, (int) layout.offsetOf(i), layout.lengthOf(i)));
    }
    assertThat(new Crc32cCombine(layout).whole(chunks)).isEqualTo(crc(bytes, 0, size));
  }

  @Test
  void manyLargeChunksAreAsOneByOne() {
    ChunkLayout layout = ChunkLayout.of(65_536L * (8 << 20) - 77);
    assertThat(layout.chunkCount()).isEqualTo(65_536);
    ChunkLeaves chunks = new ChunkLeaves(layout.chunkCount());
    Random random = new Random(9);
    int slow = 0;
    for (int i = 0; i < layout.chunkCount(); i++) {
      int crc = random.nextInt();
      chunks.set(i, crc);
      slow = Crc32cCombine.combine(slow, crc, layout.lengthOf(i));
    }
    assertThat(new Crc32cCombine(layout).whole(chunks)).isEqualTo(slow);
  }

  @Test
  void chunkThatIsNotKnownAndNegativeLengthAreRefused() {
    ChunkLayout layout = ChunkLayout.of(2 * MIB);
    assertThatThrownBy(() -> new Crc32cCombine(layout).whole(new ChunkLeaves(2)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Crc32cCombine.combine(1, 2, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void zeroChunksAreWhatTheirBytesAre() {
    ChunkLayout layout = ChunkLayout.of(2 * MIB + 70_001);
    ZeroChunks zeros = new ZeroChunks(layout);
    for (int i : new int[] {0, 1, 2, 0}) {
      ByteBuffer bytes = ByteBuffer.allocate(layout.lengthOf(i));
      assertThat(zeros.crc32c(i)).isEqualTo(ChunkContent.crc32c(bytes));
      assertThat(zeros.leaf(i)).isEqualTo(TreeHash.leaf(bytes));
    }
    zeros.leaf(0)[0]++;
    assertThat(zeros.leaf(0)).isEqualTo(TreeHash.leaf(ByteBuffer.allocate(MIB)));
  }

  @Test
  void leafMayBeUnknownWhereTheCrcIsKnown() {
    ChunkLeaves chunks = new ChunkLeaves(5000);
    chunks.set(4999, 7);
    assertThat(chunks.contains(4999)).isTrue();
    assertThat(chunks.hasLeaf(4999)).isFalse();
    assertThat(chunks.crc32c(4999)).isEqualTo(7);
    assertThatThrownBy(() -> chunks.leaf(4999)).isInstanceOf(IllegalArgumentException.class);
    chunks.set(4999, 8, new byte[32]);
    assertThat(chunks.hasLeaf(4999)).isTrue();
    chunks.set(4999, 9);
    assertThat(chunks.hasLeaf(4999)).isFalse();
    chunks.forget(4999);
    assertThat(chunks.contains(4999)).isFalse();
  }

  private static int crc(byte[] bytes, int offset, int length) {
    return ChunkContent.crc32c(ByteBuffer.wrap(bytes, offset, length));
  }
}
