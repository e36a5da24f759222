package io.waybill.transfer.chunk;

import io.waybill.transfer.Digest;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What is computed of each chunk, here of 1 MiB, and of a whole file: 1024 chunks. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Sums {
  private static final int CHUNKS = 1024;

  private final ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
  private final ByteBuffer small = ByteBuffer.allocateDirect(4096);
  private final ChunkLayout layout = ChunkLayout.of((long) CHUNKS << 20);
  private final ChunkLeaves leaves = new ChunkLeaves(CHUNKS);

  @Setup
  public void fill() {
    byte[] random = new byte[chunk.capacity()];
    new Random(1).nextBytes(random);
    chunk.put(random).flip();
    small.put(random, 0, small.capacity()).flip();
    for (int i = 0; i < CHUNKS; i++) {
      leaves.set(i, i, new byte[TreeHash.HASH_BYTES]);
    }
  }

  @Benchmark
  public int crc32c() {
    return ChunkContent.crc32c(chunk);
  }

  @Benchmark
  public byte[] treeLeaf() {
    return TreeHash.leaf(chunk);
  }

  @Benchmark
  public Digest treeRootOf1024Chunks() {
    return TreeHash.root(layout, leaves);
  }

  @Benchmark
  public Digest treeRootOf4KiB() {
    return TreeHash.rootOfSmall(small);
  }

  @Benchmark
  public boolean isAllZero() {
    return ChunkContent.isAllZero(zeros);
  }
}
