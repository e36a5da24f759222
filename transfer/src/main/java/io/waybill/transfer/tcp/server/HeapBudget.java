package io.waybill.transfer.tcp.server;

import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.tcp.wire.WireException;
import java.time.Duration;

/**
 * The heap that the digests of open files may take, one budget for all sessions of a server: a
 * quarter of what the JVM may have. A peer only states a file's size, and it costs nothing to state
 * a large one. Safe for use by several threads.
 *
 * <p>Worked: a JVM of 64 MiB has 16 MiB for them, those of 3.5 TiB in chunks of 8 MiB.
 */
final class HeapBudget {
  private static final int BYTES_A_CHUNK = 36;
  private static final Duration WAIT = Duration.ofSeconds(5);

  private final long limitBytes = Runtime.getRuntime().maxMemory() / 4;
  private long usedBytes;

  /** What one file takes, given back once or more often. */
  final class Part implements AutoCloseable {
    private long bytes;

    private Part(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public void close() {
      synchronized (HeapBudget.this) {
        usedBytes -= bytes;
        bytes = 0;
      }
    }
  }

  /**
   * Takes room for a file.
   *
   * @throws WireException UNAVAILABLE if there is none
   */
  synchronized Part take(ChunkLayout layout) throws WireException {
    long bytes = (long) BYTES_A_CHUNK * layout.chunkCount();
    if (bytes > limitBytes - usedBytes) {
      throw WireException.unavailable(
          "the digests of %d chunks need more memory than is left beside other files"
              .formatted(layout.chunkCount()),
          WAIT);
    }
    usedBytes += bytes;
    return new Part(bytes);
  }
}
