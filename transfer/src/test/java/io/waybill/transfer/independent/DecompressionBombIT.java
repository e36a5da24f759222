package io.waybill.transfer.independent;

import static io.waybill.transfer.independent.HostilePeer.LIMIT_EXCEEDED;
import static io.waybill.transfer.independent.HostilePeer.MIB;
import static io.waybill.transfer.independent.HostilePeer.PROTOCOL_VIOLATION;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.independent.IndependentFrame.Fields;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Chunks that say that they are small, or large, and are not. */
class DecompressionBombIT {
  private static final int COMPRESSED = 0x20;
  private static final int BLOCK = 128 << 10;

  @TempDir Path directory;

  @RegisterExtension final Leaks leaks = Leaks.watching(() -> directory);

  private ServedRoot served;

  @BeforeEach
  void start() throws Exception {
    served = new ServedRoot(directory);
  }

  @AfterEach
  void servesAGoodClientAfterAll() throws Exception {
    try (ServedRoot last = served) {
      HostilePeer.assertServesAGoodClient(last);
    }
  }

  /**
   * A zstd frame (RFC 8878 3.1.1) of that many equal bytes: blocks of run length coding, four bytes
   * for 128 KiB, and no content size in the header.
   */
  private static byte[] runs(long length, int value) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    ByteBuffer header = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN);
    frame.writeBytes(header.putInt(0xfd2fb528).put((byte) 0).put((byte) 0x58).array());
    for (long left = length; left > 0; left -= BLOCK) {
      int block = (int) Math.min(left, BLOCK) << 3 | 1 << 1 | (left <= BLOCK ? 1 : 0);
      frame.writeBytes(new byte[] {(byte) block, (byte) (block >> 8), (byte) (block >> 16)});
      frame.write(value);
    }
    return frame.toByteArray();
  }

  private static byte[] chunk(int claimed, int crc, byte[] body) {
    ByteBuffer head = ByteBuffer.allocate(16).putInt(0).putInt(MIB).putInt(claimed).putInt(crc);
    byte[] payload = IndependentFrame.bulk(head.array(), body);
    return HostilePeer.frame(0x12, 3 | COMPRESSED, 0, 1, payload);
  }

  private static int crc(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return IndependentFrame.crc(bytes);
  }

  private static IndependentSource runOfLetters() {
    byte[] bytes = new byte[MIB];
    Arrays.fill(bytes, (byte) 'a');
    return new IndependentSource("x", bytes, ServedRoot.MODIFIED);
  }

  /** Opens a session with zstd, offers a file of one chunk, and says this. */
  private String answerTo(byte[] chunk) throws Exception {
    return answerTo(chunk, "zstd");
  }

  private String answerTo(byte[] chunk, String... capabilities) throws Exception {
    try (IndependentClient client = login(capabilities)) {
      IndependentClient.Upload upload = client.offer(runOfLetters(), 0);
      client.first().write(chunk);
      try {
        long status = client.first().receive(0x13, 1).number(53);
        if (status == 0) {
          client.commit(upload);
        } else {
          client.abort(upload, true);
        }
        return "status " + status;
      } catch (IndependentStream.Refused e) {
        return "code " + e.code;
      }
    }
  }

  private IndependentClient login(String... capabilities) throws Exception {
    IndependentClient client =
        new IndependentClient(
            served.connect(), served.instance, ServedRoot.USER, ServedRoot.KEY, capabilities);
    assertThat(client.first().capabilities).containsAll(List.of(capabilities));
    return client;
  }

  @Test
  void honestCompressedChunkIsTaken() throws Exception {
    assertThat(answerTo(chunk(MIB, crc(MIB, 'a'), runs(MIB, 'a')))).isEqualTo("status 0");
    assertThat(served.served("x")).isEqualTo(runOfLetters().bytes().array());
  }

  @Test
  void compressionThatWasNotAgreedOnEndsTheSession() throws Exception {
    assertThat(answerTo(chunk(MIB, crc(MIB, 'a'), runs(MIB, 'a')), new String[0]))
        .isEqualTo("code " + PROTOCOL_VIOLATION);
    discard();
  }

  @Test
  void whatExpandsOtherwiseThanItSaysIsNeverWritten() throws Exception {
    long before = used();
    for (byte[] lie :
        new byte[][] {
          chunk(MIB, crc(MIB, 'a'), runs(4L << 30, 'a')),
          chunk(MIB, crc(MIB, 'a'), runs(MIB + 1, 'a')),
          chunk(MIB, crc(MIB, 'a'), runs(MIB - 1, 'a')),
          chunk(MIB, crc(MIB, 'a'), runs(1, 'a')),
          chunk(MIB, crc(MIB, 'a'), new byte[0]),
          chunk(MIB, crc(MIB, 'a'), new byte[1_000]),
          chunk(MIB, crc(MIB, 'b'), runs(MIB, 'a')),
          chunk(MIB, crc(MIB, 'a'), Arrays.copyOf(runs(MIB, 'a'), 20))
        }) {
      assertThat(answerTo(lie)).isIn("status 1", "code " + PROTOCOL_VIOLATION);
      assertThat(served.root.resolve("x")).doesNotExist();
    }
    assertThat(used() - before).isLessThan(100L * MIB);
    discard();
  }

  @Test
  void lengthThatIsNotThatOfTheChunkIsRefusedBeforeAnythingExpands() throws Exception {
    for (int claimed : new int[] {0, 1, MIB - 1, MIB + 1, 8 * MIB, Integer.MAX_VALUE, -1}) {
      assertThat(answerTo(chunk(claimed, 0, runs(4L << 30, 'a'))))
          .isIn("code " + PROTOCOL_VIOLATION, "code " + LIMIT_EXCEEDED);
    }
    discard();
  }

  @Test
  void batchThatExpandsBeyondItsLimitIsRefused() throws Exception {
    for (int claimed : new int[] {7, MIB, MIB + 1, Integer.MAX_VALUE, -1}) {
      ByteBuffer head = ByteBuffer.allocate(16).putShort((short) 1).put((byte) 0).put((byte) 3);
      head.putInt(57).putInt(claimed).putInt(0);
      byte[] payload = IndependentFrame.bulk(head.array(), runs(4L << 30, 0));
      try (IndependentClient client = login("zstd")) {
        client.first().write(HostilePeer.frame(0x30, 3 | COMPRESSED, 0, 1, payload));
        try {
          assertThat(client.first().receive(0x31, 1).number(53)).isEqualTo(1);
        } catch (IndependentStream.Refused e) {
          assertThat(e.code).isIn(PROTOCOL_VIOLATION, HostilePeer.UNSUPPORTED, LIMIT_EXCEEDED);
        }
      }
    }
    assertThat(served.names()).isEmpty();
  }

  private void discard() throws Exception {
    try (IndependentClient client = served.login()) {
      client.abort(client.offer(runOfLetters(), 0), true);
      assertThat(client.ask(0x21, 0, new Fields().text(32, ""), 0x22).all(40)).hasSize(1);
    }
  }

  private static long used() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
