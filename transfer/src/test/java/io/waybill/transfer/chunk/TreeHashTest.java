package io.waybill.transfer.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeHashTest {
  private static final int MIB = 1 << 20;

  /** Three chunks, computed here from the definition alone. */
  @Test
  void workedExampleOfThreeChunks() throws Exception {
    byte[] first = filled(MIB, 'a');
    byte[] second = filled(MIB, 'b');
    byte[] third = {'c'};
    byte[] top =
        sha(
            new byte[] {1},
            sha(new byte[] {1}, sha(new byte[] {0}, first), sha(new byte[] {0}, second)),
            sha(new byte[] {0}, third));
    byte[] sizes = {0, 0, 0, 0, 0, 0x20, 0, 1, 0, 0x10, 0, 0}; // 2 MiB + 1, chunks of 1 MiB
    byte[] root = sha(new byte[] {2}, sizes, top);

    assertThat(rootOf(first, second, third)).isEqualTo(HexFormat.of().formatHex(root));
    assertThat(rootOf(first, second, third))
        .isEqualTo("2e106d87f7b4579e19024c5a4cd91bb8e1cc87e3179b78895eca1a090e68732d");
  }

  @Test
  void emptyFileHasTheRootOfOneEmptyLeaf() throws Exception {
    byte[] root =
        sha(
            new byte[] {2},
            new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0},
            sha(new byte[] {0}));
    assertThat(rootOf()).isEqualTo(HexFormat.of().formatHex(root));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 17, 31, 33})
  void stackOfSubtreesEqualsLevelByLevel(int count) throws Exception {
    Random random = new Random(count);
    ChunkLeaves leaves = new ChunkLeaves(count);
    byte[][] level = new byte[count][];
    for (int i = 0; i < count; i++) {
      level[i] = new byte[32];
      random.nextBytes(level[i]);
      leaves.set(i, i, level[i]);
    }
    while (level.length > 1) {
      byte[][] next = new byte[(level.length + 1) / 2][];
      for (int i = 0; i < next.length; i++) {
        next[i] =
            2 * i + 1 < level.length
                ? sha(new byte[] {1}, level[2 * i], level[2 * i + 1])
                : level[2 * i];
      }
      level = next;
    }
    ChunkLayout layout = new ChunkLayout((long) count * MIB, MIB);
    byte[] sizes = ByteBuffer.allocate(12).putLong(layout.sizeBytes()).putInt(MIB).array();
    assertThat(TreeHash.root(layout, leaves).toBytes())
        .isEqualTo(sha(new byte[] {2}, sizes, level[0]));
  }

  @Test
  void otherLengthOfSameZerosHasAnotherRoot() {
    assertThat(rootOf(new byte[10])).isNotEqualTo(rootOf(new byte[11]));
  }

  private static String rootOf(byte[]... chunks) {
    long size = 0;
    ChunkLeaves leaves = new ChunkLeaves(chunks.length);
    for (int i = 0; i < chunks.length; i++) {
      size += chunks[i].length;
      ByteBuffer chunk = ByteBuffer.wrap(chunks[i]);
      leaves.set(i, ChunkContent.crc32c(chunk), TreeHash.leaf(chunk));
    }
    return TreeHash.root(ChunkLayout.of(size), leaves).hex();
  }

  private static byte[] filled(int length, char with) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) with);
    return bytes;
  }

  private static byte[] sha(byte[]... parts) throws Exception {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    for (byte[] part : parts) {
      sha.update(part);
    }
    return sha.digest();
  }
}
