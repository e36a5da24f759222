package io.waybill.transfer.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkTest {

  @ParameterizedTest
  @CsvSource({
    "0, 1048576, 0",
    "1, 1048576, 1",
    "1048576, 1048576, 1",
    "1048577, 1048576, 2",
    "68719476736, 1048576, 65536", // 64 GiB: exactly 65536 chunks
    "107374182400, 2097152, 51200", // 100 GiB
    "549755813888, 8388608, 65536", // 512 GiB
    "1099511627776, 8388608, 131072", // 1 TiB: the chunk grows no more
  })
  void chunkSizeFollowsTheFilesSize(long size, int chunk, int count) {
    ChunkLayout layout = ChunkLayout.of(size);
    assertThat(layout.chunkBytes()).isEqualTo(chunk);
    assertThat(layout.chunkCount()).isEqualTo(count);
  }

  @Test
  void lastChunkIsWhatIsLeft() {
    ChunkLayout layout = ChunkLayout.of(2 * (1 << 20) + 5);
    assertThat(layout.lengthOf(1)).isEqualTo(1 << 20);
    assertThat(layout.lengthOf(2)).isEqualTo(5);
    assertThat(layout.offsetOf(2)).isEqualTo(2 << 20);
    assertThatThrownBy(() -> layout.lengthOf(3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, (1L << 44) + 1})
  void sizesOutsideTheLimitsAreRefused(long size) {
    assertThatThrownBy(() -> ChunkLayout.of(size)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void setBehavesLikeBitsAndSurvivesItsBytes(long seed) {
    Random random = new Random(seed);
    int count = random.nextInt(1, 300);
    ChunkSet set = ChunkSet.empty(count);
    BitSet model = new BitSet();
    for (int i = 0; i < count; i++) {
      int index = random.nextInt(count);
      if (random.nextInt(4) == 0) {
        set.remove(index);
        model.clear(index);
      } else {
        set.add(index);
        model.set(index);
      }
    }
    assertThat(set.size()).isEqualTo(model.cardinality());
    assertThat(ChunkSet.of(count, set.toBytes())).isEqualTo(set);
    int missing = model.nextClearBit(0);
    assertThat(set.nextMissing(0)).isEqualTo(missing < count ? missing : -1);
    assertThat(set.isComplete()).isEqualTo(missing >= count);
  }

  @Test
  void setOfAnotherFileIsRefused() {
    assertThatThrownBy(() -> ChunkSet.of(8, new byte[] {0, 1}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bytesCountTheShortLastChunkAsItIs() {
    ChunkLayout layout = ChunkLayout.of(2 * (1 << 20) + 5);
    ChunkSet set = ChunkSet.empty(3);
    set.add(2);
    assertThat(set.bytes(layout)).isEqualTo(5);
    set.add(0);
    assertThat(set.bytes(layout)).isEqualTo((1 << 20) + 5);
  }

  @Test
  void crcIsCastagnoli() {
    // the check value of CRC-32C
    ByteBuffer digits = ByteBuffer.wrap("123456789".getBytes(StandardCharsets.US_ASCII));
    assertThat(ChunkContent.crc32c(digits)).isEqualTo(0xE3069283);
    assertThat(digits.remaining()).isEqualTo(9);
  }

  @Test
  void oneBitAnywhereIsNotZero() {
    for (int i = 0; i < 37; i++) {
      ByteBuffer data = ByteBuffer.allocate(40).position(2).limit(39);
      assertThat(ChunkContent.isAllZero(data)).isTrue();
      data.put(2 + i, (byte) 0x80);
      assertThat(ChunkContent.isAllZero(data)).isFalse();
      data.put(2 + i, (byte) 0).put(0, (byte) 1);
      assertThat(ChunkContent.isAllZero(data)).isTrue();
    }
  }

  @Test
  void claimedSizeAloneCostsLittle() {
    ChunkLayout huge = ChunkLayout.of(ChunkLayout.MAX_FILE_BYTES);
    ChunkLeaves leaves = new ChunkLeaves(huge.chunkCount());
    leaves.set(huge.chunkCount() - 1, 7, new byte[32]);
    assertThat(leaves.crc32c(huge.chunkCount() - 1)).isEqualTo(7);
    assertThat(leaves.known().size()).isEqualTo(1);
  }
}
