import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManagerFactory;

/**
 * What the JVM could do if nothing but the bytes moved, the limit that each row is held to: file,
 * loopback, file, each end in a thread. With "crc32c" or "sha-256" both ends sum, with "tls" they
 * encrypt; several are joined by "+", and "none" is neither.
 */
final class Loop {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final SSLContext context;

  /**
   * Takes the key of the TLS server.
   *
   * @param keys a PKCS#12 store that also is what the client trusts
   */
  Loop(Path keys) throws Exception {
    KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD);
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(store, PASSWORD);
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(store);
    context = SSLContext.getInstance("TLSv1.3");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
  }

  String run(String kinds, Path from, Path to) throws Exception {
    List<String> kind = List.of(kinds.split("\\+"));
    try (ServerSocketChannel listener =
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        FileChannel source = FileChannel.open(from);
        SocketChannel out = SocketChannel.open(listener.getLocalAddress());
        SocketChannel in = listener.accept();
        FileChannel target =
            FileChannel.open(
                to,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      FutureTask<Void> sending =
          new FutureTask<>(
              () -> {
                Step write =
                    kind.contains("tls") ? new Sealed(out, engine(true))::write : out::write;
                move(kind, source::read, write);
                out.shutdownOutput();
                return null;
              });
      new Thread(sending).start();
      Step read = kind.contains("tls") ? new Sealed(in, engine(false))::read : in::read;
      move(kind, read, target::write);
      sending.get();
    }
    return "";
  }

  private SSLEngine engine(boolean isClient) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(isClient);
    engine.setEnabledCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"}); // the one of ours
    return engine;
  }

  private interface Step {
    int with(ByteBuffer buffer) throws IOException;
  }

  private static void move(List<String> kind, Step read, Step write) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    CRC32C crc = new CRC32C();
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    while (read.with(buffer.clear()) >= 0) {
      buffer.flip();
      if (kind.contains("crc32c")) {
        crc.update(buffer.duplicate());
      }
      if (kind.contains("sha-256")) {
        sha.update(buffer.duplicate());
      }
      while (buffer.hasRemaining()) {
        write.with(buffer);
      }
    }
  }

  /** TLS with as many records at once as the buffers hold, and nothing besides. */
  private static final class Sealed {
    private static final int RECORDS = 16;

    private final SocketChannel socket;
    private final SSLEngine engine;
    private final int packet;
    private final int record;
    private final ByteBuffer net;
    private final ByteBuffer nothing = ByteBuffer.allocate(0);

    Sealed(SocketChannel socket, SSLEngine engine) throws IOException {
      this.socket = socket;
      this.engine = engine;
      packet = engine.getSession().getPacketBufferSize();
      record = engine.getSession().getApplicationBufferSize();
      net = ByteBuffer.allocateDirect(RECORDS * packet).limit(0);
      handshake();
    }

    private void handshake() throws IOException {
      ByteBuffer sent = ByteBuffer.allocateDirect(packet);
      ByteBuffer plain = ByteBuffer.allocate(record);
      engine.beginHandshake();
      while (true) {
        HandshakeStatus status = engine.getHandshakeStatus();
        switch (status) {
          case NEED_TASK -> engine.getDelegatedTask().run();
          case NEED_WRAP -> {
            engine.wrap(nothing, sent.clear());
            flush(sent.flip());
          }
          case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
            SSLEngineResult result = engine.unwrap(net, plain);
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW && !fill()) {
              throw new EOFException("within the handshake");
            }
          }
          default -> {
            return;
          }
        }
      }
    }

    int write(ByteBuffer from) throws IOException {
      int before = from.remaining();
      while (from.hasRemaining()) {
        net.clear();
        while (from.hasRemaining() && net.remaining() >= packet) {
          engine.wrap(from, net);
        }
        flush(net.flip());
      }
      return before;
    }

    int read(ByteBuffer into) throws IOException {
      int before = into.position();
      while (into.remaining() >= record) {
        SSLEngineResult result = engine.unwrap(net, into);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
          if (into.position() > before) {
            break;
          }
          if (!fill()) {
            return -1;
          }
        }
      }
      return into.position() - before;
    }

    private boolean fill() throws IOException {
      net.compact();
      try {
        return socket.read(net) >= 0;
      } finally {
        net.flip();
      }
    }

    private void flush(ByteBuffer from) throws IOException {
      while (from.hasRemaining()) {
        socket.write(from);
      }
    }
  }
}
