package io.waybill.transfer.tcp.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompressionTest {
  private static final Duration NOW = Duration.ZERO;
  private static final int SIZE = 1 << 20;

  private final BufferBudget buffers = new BufferBudget(8 << 20);

  @AfterEach
  void everyBufferWasGivenBack() {
    assertThat(buffers.usedBytes()).isZero();
  }

  @Test
  void whatIsPackedIsUnpackedToTheSame() throws IOException {
    ByteBuffer body = text(SIZE);
    Wire.Bulk bulk = new Wire.Bulk(head(5, SIZE), body, ChunkContent.crc32c(body));
    try (Compression.Borrowed packed = Compression.pack(bulk, buffers).orElseThrow()) {
      assertThat(packed.bulk().body().remaining()).isLessThan(SIZE / 5);
      assertThat(packed.bulk().head().getInt(0)).isEqualTo(5);
      assertThat(packed.bulk().head().getInt(4)).isEqualTo(SIZE);
      assertThat(packed.bulk().head().getInt(8)).isEqualTo(SIZE);
      assertThat(packed.bulk().head().getInt(12)).isEqualTo(bulk.crc32c());
      try (Compression.Borrowed plain =
          Compression.unpack(frame(packed.bulk()), SIZE, buffers, NOW)) {
        assertThat(plain.bulk().body()).isEqualTo(body);
        assertThat(plain.bulk().crc32c()).isEqualTo(bulk.crc32c());
      }
    }
  }

  @Test
  void whatIsGivenBackTwiceIsNotLentToTwo() throws IOException {
    ByteBuffer body = text(SIZE);
    Wire.Bulk bulk = new Wire.Bulk(head(5, SIZE), body, ChunkContent.crc32c(body));
    Compression.Borrowed packed = Compression.pack(bulk, buffers).orElseThrow();
    packed.close();
    packed.close();
    ByteBuffer one = buffers.take(SIZE, NOW);
    ByteBuffer other = buffers.take(SIZE, NOW);
    assertThat(one).isNotSameAs(other);
    buffers.give(one);
    buffers.give(other);
  }

  @Test
  void whatDoesNotShrinkIsNotPacked() {
    ByteBuffer noise = noise(SIZE);
    assertThat(Compression.pack(new Wire.Bulk(head(0, SIZE), noise, 0), buffers)).isEmpty();
    assertThat(Compression.sample(noise, buffers)).isEqualTo(1);
    assertThat(Compression.sample(text(SIZE), buffers)).isLessThan(0.3);
    assertThat(Compression.sample(ByteBuffer.allocateDirect(1), buffers)).isEqualTo(1);
  }

  @Test
  void whoHasNoBufferSendsAsItIs() throws IOException {
    ByteBuffer all = buffers.take(8 << 20, NOW);
    assertThat(Compression.pack(new Wire.Bulk(head(0, SIZE), text(SIZE), 0), buffers)).isEmpty();
    buffers.give(all);
  }

  @Test
  void aBombIsNotDecompressedBeyondWhatItClaims() throws IOException {
    Wire.Bulk bomb = packed(ByteBuffer.allocateDirect(4 << 20));
    assertThat(bomb.body().remaining()).isLessThan(1000);
    refused(claiming(bomb, SIZE), SIZE, ErrorCode.PROTOCOL_VIOLATION);
  }

  @Test
  void aClaimAboveTheLimitIsRefusedBeforeMemoryIsTaken() throws IOException {
    Wire.Bulk honest = packed(text(SIZE));
    ByteBuffer all = buffers.take(8 << 20, NOW);
    refused(honest, SIZE - 1, ErrorCode.LIMIT_EXCEEDED);
    refused(claiming(honest, Integer.MAX_VALUE), SIZE, ErrorCode.LIMIT_EXCEEDED);
    refused(claiming(honest, -1), SIZE, ErrorCode.LIMIT_EXCEEDED);
    refused(claiming(honest, 0), SIZE, ErrorCode.LIMIT_EXCEEDED);
    buffers.give(all);
  }

  @Test
  void aClaimOfMoreThanThereIsIsRefused() throws IOException {
    refused(claiming(packed(text(SIZE)), SIZE + 1), 2 * SIZE, ErrorCode.PROTOCOL_VIOLATION);
  }

  @Test
  void whatIsNoSingleFrameIsRefused() throws IOException {
    refused(claiming(bulk(noise(1000)), SIZE), SIZE, ErrorCode.PROTOCOL_VIOLATION);
    ByteBuffer one = packed(text(1000)).body();
    ByteBuffer two =
        ByteBuffer.allocateDirect(2 * one.remaining())
            .put(one.duplicate())
            .put(one.duplicate())
            .flip();
    refused(claiming(bulk(two), 2000), SIZE, ErrorCode.PROTOCOL_VIOLATION);
    ByteBuffer cut = one.duplicate().limit(one.limit() - 3);
    refused(claiming(bulk(cut), 1000), SIZE, ErrorCode.PROTOCOL_VIOLATION);
  }

  private void refused(Wire.Bulk bulk, int limit, ErrorCode code) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> Compression.unpack(frame(bulk), limit, buffers, NOW))
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  /** A compressed copy that borrows nothing. */
  private Wire.Bulk packed(ByteBuffer body) {
    Optional<Compression.Borrowed> packed =
        Compression.pack(new Wire.Bulk(head(0, body.remaining()), body, 7), buffers);
    try (Compression.Borrowed borrowed = packed.orElseThrow()) {
      ByteBuffer from = borrowed.bulk().body();
      ByteBuffer copy = ByteBuffer.allocateDirect(from.remaining()).put(from.duplicate()).flip();
      return new Wire.Bulk(borrowed.bulk().head(), copy, borrowed.bulk().crc32c());
    }
  }

  private static Wire.Bulk claiming(Wire.Bulk bulk, int length) {
    ByteBuffer head = ByteBuffer.allocate(16).put(bulk.head().duplicate()).flip();
    return new Wire.Bulk(head.putInt(8, length), bulk.body(), bulk.crc32c());
  }

  private static Wire.Bulk bulk(ByteBuffer body) {
    return new Wire.Bulk(head(0, 0), body, 0);
  }

  private static Frame frame(Wire.Bulk bulk) {
    return new Frame(
        FrameType.CHUNK,
        FrameType.COMPRESSED,
        1,
        bulk.head(),
        new Frame.Body(bulk.body(), bulk.crc32c(), true));
  }

  static ByteBuffer head(int index, int length) {
    return ByteBuffer.allocate(16).putInt(index).putInt(length).putLong(0).flip();
  }

  static ByteBuffer text(int size) {
    ByteBuffer text = ByteBuffer.allocateDirect(size);
    Random random = new Random(3);
    while (text.hasRemaining()) {
      byte[] line =
          ("order " + random.nextInt(100) + ";shipped;EUR\n")
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      text.put(line, 0, Math.min(line.length, text.remaining()));
    }
    return text.flip();
  }

  static ByteBuffer noise(int size) {
    byte[] noise = new byte[size];
    new Random(size).nextBytes(noise);
    return ByteBuffer.allocateDirect(size).put(noise).flip();
  }
}
