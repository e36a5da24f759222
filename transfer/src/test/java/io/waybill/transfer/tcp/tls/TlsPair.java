package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;

/** Two ends of TLS over loopback; run as a program, it fills both directions at once. */
final class TlsPair implements AutoCloseable {
  final TlsChannel client;
  final TlsChannel server;

  TlsPair(Identity own) throws Exception {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel near = SocketChannel.open(listener.getLocalAddress());
      SocketChannel far = listener.accept();
      client = Tls.client(ServerTrust.pin(own.pin()), null).over(near, near, "localhost", 1);
      server = Tls.server(own, ClientCertificates.none()).over(far, far, "localhost", 2);
    }
    FutureTask<Void> shaking =
        start(
            "shake",
            () -> {
              server.handshake();
              return null;
            });
    client.handshake();
    shaking.get();
  }

  static <T> FutureTask<T> start(String name, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  /** Writes random bytes, in pieces of random sizes; returns their checksum. */
  static long send(WritableByteChannel out, long bytes, long seed) throws IOException {
    Random random = new Random(seed);
    byte[] piece = new byte[200_000];
    CRC32C crc = new CRC32C();
    for (long left = bytes; left > 0; ) {
      int size = (int) Math.min(left, 1 + random.nextInt(piece.length));
      random.nextBytes(piece);
      crc.update(piece, 0, size);
      for (ByteBuffer all = ByteBuffer.wrap(piece, 0, size); all.hasRemaining(); ) {
        out.write(all);
      }
      left -= size;
    }
    return crc.getValue();
  }

  /** Reads that many bytes; returns their checksum. */
  static long receive(ReadableByteChannel in, long bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(100_000);
    CRC32C crc = new CRC32C();
    for (long left = bytes; left > 0; ) {
      int count = in.read(buffer.clear().limit((int) Math.min(left, buffer.capacity())));
      if (count < 0) {
        throw new IOException(left + " bytes are missing");
      }
      crc.update(buffer.flip());
      left -= count;
    }
    return crc.getValue();
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
  }

  public static void main(String[] arguments) throws Exception {
    long bytes = Long.parseLong(arguments[0]);
    Path place = Files.createTempDirectory(Path.of(arguments[1]), "identity");
    Identity own = Identity.loadOrMake(place, "localhost", InstantSource.system());
    try (TlsPair pair = new TlsPair(own)) {
      FutureTask<Long> up = start("client-writes", () -> send(pair.client, bytes, 1));
      FutureTask<Long> down = start("server-writes", () -> send(pair.server, bytes, 2));
      FutureTask<Long> upRead = start("server-reads", () -> receive(pair.server, bytes));
      FutureTask<Long> downRead = start("client-reads", () -> receive(pair.client, bytes));
      boolean isEqual = up.get().equals(upRead.get()) && down.get().equals(downRead.get());
      System.out.println(isEqual ? "contents equal" : "contents differ");
    }
  }
}
