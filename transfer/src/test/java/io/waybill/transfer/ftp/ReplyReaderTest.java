package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The look for a reply that nobody asked for, over TLS, which has a time-out of its own. */
class ReplyReaderTest {
  private static final int USUAL_MILLIS = 30_000;

  /** Gives what it was told to, in order, then the end; "" stands for nothing until time is up. */
  private static final class ScriptedSocket extends Socket {
    final List<Integer> timeouts = new ArrayList<>();
    private final Deque<String> script;
    private int timeout = USUAL_MILLIS;

    ScriptedSocket(String... script) {
      this.script = new ArrayDeque<>(List.of(script));
    }

    @Override
    public InputStream getInputStream() {
      return new InputStream() {
        @Override
        public int read() {
          throw new UnsupportedOperationException("read in one go");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
          String next = script.poll();
          if (next == null) {
            return -1;
          }
          if (next.isEmpty()) {
            throw new SocketTimeoutException("nothing in " + timeout + " ms");
          }
          byte[] bytes = next.getBytes(StandardCharsets.US_ASCII);
          System.arraycopy(bytes, 0, into, offset, bytes.length);
          return bytes.length;
        }
      };
    }

    @Override
    public synchronized int getSoTimeout() {
      return timeout;
    }

    @Override
    public synchronized void setSoTimeout(int millis) {
      timeout = millis;
      timeouts.add(millis);
    }
  }

  /** A socket below TLS in which something waits, or nothing. */
  private static Socket below(int bytes) {
    return new Socket() {
      @Override
      public InputStream getInputStream() {
        return new ByteArrayInputStream(new byte[bytes]);
      }
    };
  }

  @Test
  void aRecordWithoutAReplyIsNothingAndTheTimeoutIsAsBefore() throws IOException {
    ScriptedSocket socket = new ScriptedSocket("", "250 done\r\n");
    ReplyReader reader = new ReplyReader(socket, below(1));
    assertThat(reader.hasMore()).isFalse();
    assertThat(socket.timeouts).hasSize(2);
    assertThat(socket.timeouts.get(0)).as("it looks briefly").isLessThan(100);
    assertThat(socket.getSoTimeout()).isEqualTo(USUAL_MILLIS);

    reader.renew();
    char[] reply = new char[10];
    assertThat(reader.read(reply, 0, 10)).isEqualTo(10);
    assertThat(new String(reply)).isEqualTo("250 done\r\n");
  }

  @Test
  void aStrayReplyIsSeenKeptAndTheTimeoutIsAsBefore() throws IOException {
    ScriptedSocket socket = new ScriptedSocket("250 stray\r\n");
    ReplyReader reader = new ReplyReader(socket, below(1));
    assertThat(reader.hasMore()).isTrue();
    assertThat(socket.getSoTimeout()).isEqualTo(USUAL_MILLIS);
    assertThat(reader.read()).isEqualTo('2');
  }

  @Test
  void nothingIsReadAndNoTimeoutTouchedWhereNothingWaits() throws IOException {
    ScriptedSocket socket = new ScriptedSocket("250 later\r\n");
    assertThat(new ReplyReader(socket, below(0)).hasMore()).isFalse();
    assertThat(socket.timeouts).isEmpty();
  }

  @Test
  void theEndIsSomethingNobodyAskedFor() throws IOException {
    ReplyReader reader = new ReplyReader(new ScriptedSocket(), below(1));
    assertThat(reader.hasMore()).isTrue();
    assertThat(reader.hasMore()).isTrue();
    assertThat(reader.read()).isEqualTo(-1);
  }
}
