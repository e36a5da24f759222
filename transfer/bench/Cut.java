import io.waybill.transfer.WireTap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.SocketFactory;

/**
 * A line that breaks once, when 90 % of a file went over it; then looks how much goes over the next
 * one, and how soon. One connection at a time.
 */
final class Cut extends SocketFactory implements WireTap {
  private static final Pattern CHUNK = Pattern.compile("CHUNK .*<(\\d+) bytes>");

  private final Direction direction;
  private final long fileBytes;
  private Socket socket;
  private boolean isCut;
  private long chunkBytes;
  private long begun;
  private long first;

  Cut(boolean isUpload, long fileBytes) {
    this.direction = isUpload ? Direction.SENT : Direction.RECEIVED;
    this.fileBytes = fileBytes;
  }

  /** What went over both lines beyond the file itself; what was in flight counts. */
  synchronized long bytesTwice() {
    return chunkBytes - fileBytes;
  }

  /** From the beginning of the second connection: it, the login, and what is there already. */
  synchronized double millisUntilFirstChunk() {
    if (first == 0) {
      throw new IllegalStateException("nothing went over a second connection");
    }
    return (first - begun) / 1e6;
  }

  @Override
  public synchronized Socket createSocket() throws IOException {
    begun = System.nanoTime();
    socket = SocketChannel.open().socket();
    return socket;
  }

  private synchronized void line(String text) {
    Matcher chunk = CHUNK.matcher(text);
    if (!chunk.matches()) {
      return;
    }
    chunkBytes += Long.parseLong(chunk.group(1));
    if (!isCut && chunkBytes >= fileBytes / 10 * 9) {
      isCut = true;
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else if (isCut && first == 0) {
      first = System.nanoTime();
    }
  }

  @Override
  public Tapped open(String protocol, InetSocketAddress local, InetSocketAddress remote) {
    return new Tapped() {
      @Override
      public void sent(ByteBuffer... bytes) {}

      @Override
      public void received(ByteBuffer bytes) {}

      @Override
      public void line(Direction way, String text) {
        if (way == direction) {
          Cut.this.line(text);
        }
      }

      @Override
      public void closed(String reason) {}
    };
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  private Socket connected(InetSocketAddress to) throws IOException {
    Socket made = createSocket();
    made.connect(to);
    return made;
  }
}
