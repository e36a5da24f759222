package io.waybill.transfer.tcp.wire;

import static io.waybill.transfer.tcp.wire.ScriptedPeer.PATIENCE;
import static io.waybill.transfer.tcp.wire.ScriptedPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.chunk.ChunkContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
  private static final BufferBudget CHUNKS = new BufferBudget(16 << 20);
  private static final int CRITICAL = FrameType.CRITICAL;
  private static final byte[] EMPTY = {};

  @Test
  void readsFramesOneAfterTheOther() throws IOException {
    FrameReader reader =
        reader(
            frame(FrameType.DONE.code(), CRITICAL, 0, 7, EMPTY),
            frame(FrameType.STAT.code(), CRITICAL, 0, 8, new byte[] {0, 32, 0, 1, 'a'}));

    Frame done = next(reader);
    assertThat(done).extracting(Frame::type, Frame::transfer).containsExactly(FrameType.DONE, 7L);
    Frame stat = next(reader);
    assertThat(stat.fields().text(Tag.PATH)).isEqualTo("a");
    assertThat(reader.next(PATIENCE, "a frame")).isNull();
  }

  @Test
  void skipsUnknownTypesThatAllowIt() throws IOException {
    FrameReader reader =
        reader(frame(0xEE, 0, 0, 1, new byte[100]), frame(0x26, CRITICAL, 0, 2, EMPTY));

    assertThat(next(reader).transfer()).isEqualTo(2);
  }

  @Test
  void refusesUnknownCriticalTypes() {
    assertRefused(ErrorCode.UNSUPPORTED, reader(frame(0xEE, CRITICAL, 0, 1, EMPTY)));
  }

  @Test
  void refusesUnknownFlags() {
    assertRefused(ErrorCode.PROTOCOL_VIOLATION, reader(frame(0x26, CRITICAL | 0x40, 0, 1, EMPTY)));
  }

  @Test
  void refusesStreamsThatWereNotAgreedOn() {
    assertRefused(ErrorCode.PROTOCOL_VIOLATION, reader(frame(0x26, CRITICAL, 1, 1, EMPTY)));
  }

  @ParameterizedTest
  @ValueSource(ints = {4097, 65536, 0x7fffffff, 0x80000000, 0xffffffff})
  void refusesLengthsBeyondTheLoginLimitBeforeReadingThem(int length) {
    byte[] header = ByteBuffer.allocate(16).putInt(length).put((byte) 1).put((byte) 1).array();
    assertRefused(ErrorCode.LIMIT_EXCEEDED, reader(header));
  }

  @ParameterizedTest
  @ValueSource(ints = {65537, 0x80000000, 0xffffffff})
  void refusesLengthsBeyondTheControlLimitAfterLogin(int length) {
    FrameReader reader =
        reader(ByteBuffer.allocate(16).putInt(length).put((byte) 0x26).put((byte) 1).array());
    reader.allowSession(1 << 20, 0);
    assertRefused(ErrorCode.LIMIT_EXCEEDED, reader);
  }

  @Test
  void refusesChunksLargerThanAgreed() {
    byte[] header =
        ByteBuffer.allocate(16).putInt((1 << 20) + 21).put((byte) 0x12).put((byte) 3).array();
    FrameReader reader = reader(header);
    reader.allowSession(1 << 20, 0);
    assertRefused(ErrorCode.LIMIT_EXCEEDED, reader);
  }

  @Test
  void refusesChunksBeforeLogin() {
    byte[] header = ByteBuffer.allocate(16).putInt(40).put((byte) 0x12).put((byte) 3).array();
    assertRefused(ErrorCode.LIMIT_EXCEEDED, reader(header));
  }

  @Test
  void refusesBulkFramesWithoutRoomForTheirHead() {
    byte[] header = ByteBuffer.allocate(16).putInt(19).put((byte) 0x12).put((byte) 3).array();
    FrameReader reader = reader(header);
    reader.allowSession(1 << 20, 0);
    assertRefused(ErrorCode.PROTOCOL_VIOLATION, reader);
  }

  @Test
  void refusesMoreThanTheLoginTotalInManySmallFrames() throws IOException {
    byte[] one = frame(0x02, CRITICAL, 0, 0, new byte[4000]);
    FrameReader reader = reader(one, one, one, one, one);
    for (int i = 0; i < 4; i++) {
      assertThat(reader.next(PATIENCE, "a frame")).isNotNull();
    }
    assertRefused(ErrorCode.LIMIT_EXCEEDED, reader);
  }

  @Test
  void reportsAnyDamagedByteOfAControlFrame() {
    byte[] good = frame(0x26, CRITICAL, 0, 5, new byte[] {0, 32, 0, 1, 'a'});
    for (int at = 5; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 0x04;
      FrameReader reader = reader(bad);
      reader.allowSession(1 << 20, 0);
      assertThatExceptionOfType(WireException.class)
          .as("byte %d", at)
          .isThrownBy(() -> reader.next(PATIENCE, "a frame"));
    }
  }

  @Test
  void tellsEveryTruncatedFrameFromACleanEnd() {
    byte[] whole = frame(0x26, CRITICAL, 0, 5, new byte[] {0, 32, 0, 1, 'a'});
    for (int length = 1; length < whole.length; length++) {
      FrameReader reader = reader(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> reader.next(PATIENCE, "a frame")).isInstanceOf(LostException.class);
    }
  }

  @Test
  void tellsDamagedChunksFromDamagedFrames() throws IOException {
    byte[] body = new byte[100_000];
    new Random(3).nextBytes(body);
    byte[] frame = bulk(body);
    frame[40_000] ^= 1;
    FrameReader reader = reader(frame, frame(0x26, CRITICAL, 0, 2, EMPTY));
    reader.allowSession(1 << 20, 0);

    Frame chunk = next(reader);
    assertThat(chunk.body().isIntact()).isFalse();
    assertThat(chunk.transfer()).isEqualTo(9);
    assertThat(next(reader).type()).isEqualTo(FrameType.DONE);
  }

  @Test
  void readsBackWhatTheWriterWrote() throws IOException {
    byte[] body = new byte[100_000];
    new Random(4).nextBytes(body);
    FrameReader reader = reader(bulk(body));
    reader.allowSession(1 << 20, 0);

    Frame chunk = next(reader);
    assertThat(chunk.body().isIntact()).isTrue();
    assertThat(chunk.body().bytes()).isEqualTo(ByteBuffer.wrap(body));
    assertThat(chunk.payload().getInt(0)).isEqualTo(0x01020304);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverDoesMoreThanRefuseRandomBytes(long seed) throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      if (noise.length > 4 && random.nextBoolean()) {
        noise[0] = noise[1] = noise[2] = 0;
      }
      ScriptedPeer peer = new ScriptedPeer(noise);
      FrameReader reader = new FrameReader(peer.connection, CHUNKS);
      if (random.nextBoolean()) {
        reader.allowSession(1 << 20, 0);
      }
      try {
        Frame frame = reader.next(PATIENCE, "a frame");
        assertThat(frame == null || frame.payload().remaining() <= noise.length).isTrue();
      } catch (WireException | LostException refused) {
        assertThat(refused).hasMessageNotContaining("null");
      } catch (IOException e) {
        throw new AssertionError("seed " + seed, e);
      } finally {
        peer.connection.close();
      }
    }
  }

  private static Frame next(FrameReader reader) throws IOException {
    return Objects.requireNonNull(reader.next(PATIENCE, "a frame"));
  }

  private static byte[] bulk(byte[] body) throws IOException {
    ScriptedPeer peer = new ScriptedPeer(EMPTY);
    ByteBuffer head = ByteBuffer.allocate(16).putInt(0x01020304).rewind();
    ByteBuffer bytes = ByteBuffer.wrap(body);
    new FrameWriter(peer.connection)
        .bulk(FrameType.CHUNK, 0, 9, head, bytes, ChunkContent.crc32c(bytes));
    return peer.written();
  }

  private static void assertRefused(ErrorCode code, FrameReader reader) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> reader.next(PATIENCE, "a frame"))
        .extracting(WireException::code)
        .isEqualTo(code);
  }

  private static FrameReader reader(byte[]... frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      all.writeBytes(frame);
    }
    return new FrameReader(new ScriptedPeer(all.toByteArray()).connection, CHUNKS);
  }
}
