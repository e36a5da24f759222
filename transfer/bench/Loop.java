import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
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
 * loopback, file, each end in a thread; of a tree see {@link TreeLoop}. With "crc32c" or "sha-256"
 * both ends sum, with "tls" they encrypt, with "forced" what was written is forced to the disk;
 * several are joined by "+", and "none" is none of them.
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
        SocketChannel out = SocketChannel.open(listener.getLocalAddress());
        SocketChannel in = listener.accept()) {
      FutureTask<Void> sending =
          new FutureTask<>(
              () -> {
                send(kind, from, out);
                out.shutdownOutput();
                return null;
              });
      new Thread(sending).start();
      receive(kind, in, to, Files.isDirectory(from));
      sending.get();
    }
    return "";
  }

  private void send(List<String> kind, Path from, SocketChannel out) throws Exception {
    Step write = kind.contains("tls") ? new Sealed(out, engine(true))::write : out::write;
    if (Files.isDirectory(from)) {
      new TreeLoop(write, new Sums(kind)).send(from);
    } else {
      try (FileChannel source = FileChannel.open(from)) {
        move(new Sums(kind), source::read, write);
      }
    }
  }

  private void receive(List<String> kind, SocketChannel in, Path to, boolean isTree)
      throws Exception {
    Step read = kind.contains("tls") ? new Sealed(in, engine(false))::read : in::read;
    boolean isForced = kind.contains("forced");
    if (isTree) {
      new TreeLoop(read, new Sums(kind)).receive(to, isForced);
    } else {
      try (FileChannel target =
          FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        move(new Sums(kind), read, target::write);
        if (isForced) {
          target.force(true);
        }
      }
    }
  }

  private SSLEngine engine(boolean isClient) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(isClient);
    engine.setEnabledCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"}); // the one of ours
    return engine;
  }

  interface Step {
    int with(ByteBuffer buffer) throws IOException;
  }

  /** What both ends do to each byte. */
  static final class Sums {
    private final CRC32C crc = new CRC32C();
    private final MessageDigest sha;
    private final boolean isCrc;
    private final boolean isSha;

    Sums(List<String> kind) throws Exception {
      isCrc = kind.contains("crc32c");
      isSha = kind.contains("sha-256");
      sha = MessageDigest.getInstance("SHA-256");
    }

    void add(ByteBuffer bytes) {
      if (isCrc) {
        crc.update(bytes.duplicate());
      }
      if (isSha) {
        sha.update(bytes.duplicate());
      }
    }
  }

  private static void move(Sums sums, Step read, Step write) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    while (read.with(buffer.clear()) >= 0) {
      sums.add(buffer.flip());
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
