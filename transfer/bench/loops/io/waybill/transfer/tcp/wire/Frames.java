package io.waybill.transfer.tcp.wire;

import io.waybill.transfer.chunk.ChunkContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Frames to and from memory: a CHUNK of 1 MiB, its CRC32C included when read, and a small one. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Frames {
  private static final Duration IDLE = Duration.ofSeconds(30);

  private final ByteBuffer body = ByteBuffer.allocateDirect(1 << 20);
  private final ByteBuffer head = ByteBuffer.allocate(Limits.BULK_HEAD_BYTES);
  private int bodyCrc;
  private Connection nowhere;
  private FrameWriter writer;
  private Connection chunks;
  private FrameReader chunkReader;
  private Connection acks;
  private FrameReader ackReader;

  /** Swallows what is written. */
  private static class Nowhere implements GatheringByteChannel {
    @Override
    public int write(ByteBuffer from) {
      int bytes = from.remaining();
      from.position(from.limit());
      return bytes;
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
      long bytes = 0;
      for (int i = offset; i < offset + length; i++) {
        bytes += write(from[i]);
      }
      return bytes;
    }

    @Override
    public long write(ByteBuffer[] from) {
      return write(from, 0, from.length);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Collects what is written, then gives it again and again. */
  private static final class Again implements ReadableByteChannel {
    final ByteBuffer frame = ByteBuffer.allocateDirect(2 << 20);

    @Override
    public int read(ByteBuffer into) {
      if (!frame.hasRemaining()) {
        frame.rewind();
      }
      int bytes = Math.min(into.remaining(), frame.remaining());
      into.put(frame.slice(frame.position(), bytes));
      frame.position(frame.position() + bytes);
      return bytes;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Setup
  public void open() throws IOException {
    byte[] random = new byte[body.capacity()];
    new Random(1).nextBytes(random);
    body.put(random).flip();
    bodyCrc = ChunkContent.crc32c(body);
    nowhere = connection(new Again(), new Nowhere());
    writer = new FrameWriter(nowhere);
    Again chunk = recorded(this::chunk);
    chunks = connection(chunk, new Nowhere());
    chunkReader = reader(chunks);
    Again ack = recorded(this::ack);
    acks = connection(ack, new Nowhere());
    ackReader = reader(acks);
  }

  private interface Writing {
    void with(FrameWriter to) throws IOException;
  }

  private static Again recorded(Writing writing) throws IOException {
    Again again = new Again();
    Nowhere into =
        new Nowhere() {
          @Override
          public int write(ByteBuffer from) {
            int bytes = from.remaining();
            again.frame.put(from);
            return bytes;
          }
        };
    try (Connection connection = connection(again, into)) {
      writing.with(new FrameWriter(connection));
    }
    again.frame.flip();
    return again;
  }

  private static Connection connection(Again in, Nowhere out) {
    return new Connection(() -> {}, in, out, IDLE);
  }

  private static FrameReader reader(Connection connection) {
    FrameReader reader = new FrameReader(connection, new BufferBudget(BufferBudget.DEFAULT_BYTES));
    reader.allowSession(Limits.CHUNK_BYTES, 0);
    return reader;
  }

  private void chunk(FrameWriter to) throws IOException {
    to.bulk(FrameType.CHUNK, 0, 1, head, body, bodyCrc);
  }

  private void ack(FrameWriter to) throws IOException {
    FieldsBuilder fields = new FieldsBuilder().number(Tag.INDEX, 7).number(Tag.CREDIT, 1 << 20);
    to.control(FrameType.CHUNK_ACK, 0, 1, fields);
  }

  @Benchmark
  public void writeChunk() throws IOException {
    chunk(writer);
  }

  @Benchmark
  public Frame readChunk() throws IOException {
    return chunkReader.next(IDLE, "a chunk");
  }

  @Benchmark
  public void writeAck() throws IOException {
    ack(writer);
  }

  @Benchmark
  public Fields readAck() throws IOException {
    return ackReader.next(IDLE, "an acknowledgement").fields();
  }

  @TearDown
  public void close() throws IOException {
    nowhere.close();
    chunks.close();
    acks.close();
  }
}
