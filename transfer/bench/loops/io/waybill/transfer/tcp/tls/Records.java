package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * 1 MiB through the TLS channel: encrypted only, and over loopback to one that decrypts beside it.
 */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Records {
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
  private TlsChannel through;
  private TlsChannel only;
  private volatile boolean isShaken;

  @Setup
  public void open() throws Exception {
    byte[] random = new byte[bytes.capacity()];
    new Random(1).nextBytes(random);
    bytes.put(random).flip();
    Path directory = Files.createTempDirectory("waybill-jmh"); // it goes with the run's
    Identity own = Identity.loadOrMake(directory, "localhost", InstantSource.system());
    through = connect(own, false);
    only = connect(own, true);
    isShaken = true;
  }

  /** Makes a client whose server reads all there is. */
  private TlsChannel connect(Identity own, boolean isSwallowed) throws Exception {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel near = SocketChannel.open(listener.getLocalAddress());
      SocketChannel far = listener.accept();
      TlsChannel server = Tls.server(own, ClientCertificates.none()).over(far, far, "localhost", 2);
      FutureTask<Void> shaking =
          new FutureTask<>(
              () -> {
                server.handshake();
                return null;
              });
      Thread reading =
          new Thread(
              () -> {
                shaking.run();
                drain(server);
              });
      reading.setDaemon(true);
      reading.start();
      WritableByteChannel out = isSwallowed ? new Swallowing(near) : near;
      TlsChannel client =
          Tls.client(ServerTrust.pin(own.pin()), null).over(near, out, "localhost", 1);
      client.handshake();
      shaking.get();
      return client;
    }
  }

  private static void drain(TlsChannel from) {
    ByteBuffer room = ByteBuffer.allocateDirect(1 << 20);
    try {
      while (from.read(room.clear()) >= 0) {
        // another one
      }
    } catch (IOException e) {
      return; // the other end was closed
    }
  }

  /** Sends the handshake, and nothing after it. */
  private final class Swallowing implements WritableByteChannel {
    private final WritableByteChannel out;

    Swallowing(WritableByteChannel out) {
      this.out = out;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      if (!isShaken) {
        return out.write(from);
      }
      int count = from.remaining();
      from.position(from.limit());
      return count;
    }

    @Override
    public boolean isOpen() {
      return out.isOpen();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  @Benchmark
  public void encrypt() throws IOException {
    write(only);
  }

  @Benchmark
  public void overLoopback() throws IOException {
    write(through);
  }

  private void write(TlsChannel to) throws IOException {
    ByteBuffer all = bytes.duplicate();
    while (all.hasRemaining()) {
      to.write(all);
    }
  }

  @TearDown
  public void close() throws IOException {
    through.close();
    only.close();
  }
}
