package io.waybill.transfer.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.waybill.transfer.chunk.ChunkContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Anything may come over a connection. The build gives this test little memory. */
class FrameFuzzTest {
  private static final int SESSION = 1;
  private static final int REPAIR = 2;
  private static final int HEADER = 16;
  private static final int CHUNK_LIMIT = 1 << 20;

  private static final List<FieldLook> LOOKS =
      List.of(Fields::text, Fields::number, Fields::bytes, Fields::texts, Fields::nested);
  private static final BufferBudget CHUNKS = new BufferBudget(Limits.CHUNK_BYTES);

  /** The first byte says whether login is complete and whether the frames' sums are repaired. */
  @FuzzTest(maxDuration = "30s")
  void bytesAreFramesOrRefused(byte[] input) throws IOException {
    int mode = input.length == 0 ? 0 : input[0];
    byte[] bytes = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
    if ((mode & REPAIR) != 0) {
      repair(bytes);
    }
    ScriptedPeer peer = new ScriptedPeer(bytes);
    FrameReader reader = new FrameReader(peer.connection, CHUNKS);
    if ((mode & SESSION) != 0) {
      reader.allowSession(CHUNK_LIMIT, 0);
    }
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    int frames = 0;
    try {
      for (Optional<Frame> next = next(reader, bytes.length);
          next.isPresent();
          next = next(reader, bytes.length)) {
        Frame frame = next.get();
        frames++;
        read.writeBytes(frame.has(FrameType.BULK) ? bulkAgain(frame) : fieldsAgain(frame));
      }
    } catch (WireException | LostException refused) {
      assertThat(refused.getMessage()).doesNotContain("null");
    } finally {
      reader.release();
      peer.connection.close();
    }
    assertThat(CHUNKS.usedBytes()).isZero();
    assertThat(frames).isLessThanOrEqualTo(bytes.length / (HEADER + 4));
    assertIsPartOf(read.toByteArray(), bytes);
  }

  /** Reads a frame; what that takes depends on what came, not on what it says is to come. */
  private static Optional<Frame> next(FrameReader reader, int came) throws IOException {
    return Allocation.within(
        16L * came, () -> Optional.ofNullable(reader.next(ScriptedPeer.PATIENCE, "a frame")));
  }

  /** Each frame that was handed on is found in what came in, in order; skipped ones lie between. */
  private static void assertIsPartOf(byte[] read, byte[] bytes) {
    int at = 0;
    for (int i = 0; i < read.length; ) {
      int length = HEADER + ByteBuffer.wrap(read).getInt(i) + 4;
      while (at + length <= bytes.length
          && !Arrays.equals(bytes, at, at + length, read, i, i + length)) {
        at += HEADER + ByteBuffer.wrap(bytes).getInt(at) + 4;
      }
      assertThat(at + length).isLessThanOrEqualTo(bytes.length);
      at += length;
      i += length;
    }
  }

  private static byte[] bulkAgain(Frame frame) throws IOException {
    ScriptedPeer to = new ScriptedPeer(new byte[0]);
    int flags = frame.flags() & ~(FrameType.BULK | FrameType.CRITICAL);
    new FrameWriter(to.connection)
        .bulk(
            frame.type(),
            flags,
            frame.transfer(),
            frame.payload().duplicate(),
            frame.body().bytes().duplicate(),
            frame.body().crc32c());
    byte[] written = to.written();
    written[5] = (byte) frame.flags();
    repair(written);
    assertThat(frame.body().isIntact())
        .isEqualTo(ChunkContent.crc32c(frame.body().bytes()) == frame.body().crc32c());
    return written;
  }

  private static byte[] fieldsAgain(Frame frame) throws WireException {
    Fields fields = frame.fields();
    for (Tag tag : Tag.values()) {
      if (fields.has(tag)) {
        for (FieldLook look : LOOKS) {
          try {
            look.at(fields, tag);
          } catch (WireException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
          }
        }
      }
    }
    byte[] payload = frame.payload().array();
    return ScriptedPeer.frame(frame.type().code(), frame.flags(), 0, frame.transfer(), payload);
  }

  @FunctionalInterface
  private interface FieldLook {
    Object at(Fields fields, Tag tag) throws WireException;
  }

  /** Gives each frame the sum that it should have, as far as the lengths lead. */
  static void repair(byte[] bytes) {
    ByteBuffer all = ByteBuffer.wrap(bytes);
    for (int at = 0; bytes.length - at >= HEADER + 4; ) {
      long length = Integer.toUnsignedLong(all.getInt(at));
      int end = at + HEADER + (int) Math.min(length, bytes.length);
      if (length > bytes.length || end + 4 > bytes.length) {
        return;
      }
      CRC32C sum = new CRC32C();
      if ((bytes[at + 5] & FrameType.BULK) != 0 && length >= 20) {
        sum.update(bytes, at, HEADER + 16);
        sum.update(bytes, end - 4, 4);
      } else {
        sum.update(bytes, at, end - at);
      }
      all.putInt(end, (int) sum.getValue());
      at = end + 4;
    }
  }
}
