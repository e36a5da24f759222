package io.waybill.transfer.independent;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.independent.IndependentFrame.Fields;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a peer does that knows the protocol and does not mean well, against one {@link ServedRoot}.
 */
final class HostilePeer {
  static final long CLOSED_WITHOUT_A_WORD = -1;
  static final long PROTOCOL_VIOLATION = 1;
  static final long UNSUPPORTED = 2;
  static final long LIMIT_EXCEEDED = 3;
  static final long DAMAGED_FRAME = 4;
  static final long LOGIN_REFUSED = 5;
  static final long TIMEOUT = 7;
  static final long PATH_REFUSED = 19;
  static final long BUSY = 22;
  static final long DIGEST_MISMATCH = 25;
  static final int MIB = 1 << 20;

  /** More than the ten seconds of a login; but no test may wait for ever. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private HostilePeer() {}

  /** Only a header: what follows it is never sent. */
  static byte[] header(int length, int type, int flags, int stream, long id) {
    return ByteBuffer.allocate(IndependentFrame.HEADER)
        .putInt(length)
        .put((byte) type)
        .put((byte) flags)
        .putShort((short) stream)
        .putLong(id)
        .array();
  }

  static byte[] frame(int type, int flags, int stream, long id, byte[] payload) {
    return new IndependentFrame(type, flags, stream, id, payload).encoded();
  }

  /** A CHUNK whose head says what it likes. */
  static byte[] chunk(long id, int flags, int index, int length, byte[] body) {
    byte[] head = ByteBuffer.allocate(16).putInt(index).putInt(length).array();
    int all = flags | IndependentFrame.BULK | IndependentFrame.CRITICAL;
    return frame(0x12, all, 0, id, IndependentFrame.bulk(head, body));
  }

  static IndependentStream stream(Socket socket) throws IOException {
    IndependentStream stream = new IndependentStream(socket);
    socket.setSoTimeout(1_000);
    return stream;
  }

  /**
   * Reads to the end of the connection and returns the code of the ERROR that ended the session.
   */
  static long end(IndependentStream stream) throws IOException {
    return end(stream, "");
  }

  static long end(IndependentStream stream, String what) throws IOException {
    long code = CLOSED_WITHOUT_A_WORD;
    List<String> heard = new ArrayList<>();
    long start = System.nanoTime();
    while (System.nanoTime() - start < PATIENCE.toNanos()) {
      try {
        IndependentFrame frame = stream.next();
        heard.add("%02x of %d".formatted(frame.type, frame.id));
      } catch (IndependentStream.Refused e) {
        code = e.id == 0 ? e.code : code;
        heard.add(e.id + ": " + e.getMessage());
      } catch (SocketTimeoutException e) {
        heard.add("nothing");
      } catch (EOFException | SocketException e) {
        return code;
      }
    }
    throw new AssertionError(what + ": the session goes on: " + heard);
  }

  /** Says this on a connection of its own, before login, and returns how it ends. */
  static long endOfStranger(ServedRoot served, byte[]... said) throws IOException {
    try (IndependentStream stream = stream(served.connect())) {
      for (byte[] each : said) {
        stream.write(each);
      }
      return end(stream);
    }
  }

  /** Says this in a session of its own and returns how it ends. */
  static long endOfSession(ServedRoot served, byte[]... said)
      throws IOException, GeneralSecurityException {
    try (IndependentClient client = served.login()) {
      client.first().socket.setSoTimeout(1_000);
      for (byte[] each : said) {
        client.first().write(each);
      }
      return end(client.first());
    }
  }

  /** The code with which the server answers this exchange; the session must go on. */
  static long refusal(IndependentClient client, int type, int flags, Fields fields)
      throws IOException {
    long id = client.nextId();
    client.first().send(type, flags, id, fields.payload());
    try {
      IndependentFrame answer = client.first().receive();
      throw new AssertionError("answered with type " + answer.type);
    } catch (IndependentStream.Refused e) {
      assertThat(e.id).isEqualTo(id);
      return e.code;
    }
  }

  /** Fields of an OFFER of a file of one chunk. */
  static Fields offer(String path, long size) {
    return new Fields()
        .text(32, path)
        .number(33, size)
        .number(36, IndependentSource.chunkSize(size))
        .number(41, 0)
        .number(42, 3)
        .text(37, "sha-256-tree")
        .moment(34, ServedRoot.MODIFIED)
        .text(35, "independent");
  }

  static byte[] changed(byte[] bytes, Consumer<ByteBuffer> change) {
    byte[] copy = bytes.clone();
    change.accept(ByteBuffer.wrap(copy));
    return copy;
  }

  /** Whatever happened: a good client is served as ever. */
  static void assertServesAGoodClient(ServedRoot served) throws Exception {
    IndependentSource good = ServedRoot.source("good client", 2 * MIB + 1);
    byte[] bytes = good.bytes().array();
    try (IndependentClient client = served.login()) {
      client.upload(good, 0);
      assertThat(client.download(good.path(), Map.of())).isEqualTo(bytes);
      client.ask(0x24, 0, new Fields().text(32, good.path()), 0x26);
    }
  }
}
