package io.waybill.transfer.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever sends a chunk byte by byte holds a buffer of everybody's. */
@Timeout(60)
class SlowBodyIT {
  private static final int BODY = 2 * Limits.BODY_BYTES_A_SECOND;
  private static final Duration IDLE = Duration.ofMillis(500);

  @Test
  void aChunkThatComesByteByByteEndsTheConnection() throws Exception {
    Pipe pipe = Pipe.open();
    BufferBudget chunks = new BufferBudget(Limits.CHUNK_BYTES);
    Connection connection = new Connection(pipe.source(), pipe.source(), pipe.sink(), IDLE);
    FrameReader reader = new FrameReader(connection, chunks);
    reader.allowSession(Limits.CHUNK_BYTES, 0);
    Thread slow = new Thread(() -> drip(pipe.sink()), "slow");
    slow.start();
    try {
      assertThatExceptionOfType(LostException.class)
          .isThrownBy(() -> reader.next(IDLE, "a frame"))
          .withMessageContaining("the whole of a chunk");
    } finally {
      connection.close();
      slow.interrupt();
      slow.join();
      pipe.sink().close();
    }
    reader.release();
    assertThat(chunks.usedBytes()).isZero();
  }

  private static void drip(Pipe.SinkChannel to) {
    ByteBuffer front =
        ByteBuffer.allocate(Limits.HEADER_BYTES + Limits.BULK_HEAD_BYTES)
            .putInt(BODY + Limits.BULK_OVERHEAD_BYTES)
            .put((byte) FrameType.CHUNK.code())
            .put((byte) (FrameType.BULK | FrameType.CRITICAL))
            .putShort((short) 0)
            .putLong(1);
    try {
      to.write(front.clear());
      for (int i = 0; i < BODY; i++) {
        to.write(ByteBuffer.allocate(1));
        TimeUnit.MILLISECONDS.sleep(100);
      }
    } catch (IOException | InterruptedException e) {
      return; // the reader has had enough
    }
  }
}
