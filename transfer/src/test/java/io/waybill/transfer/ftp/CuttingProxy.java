package io.waybill.transfer.ftp;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;

/**
 * Sends every connection of a client through itself and cuts them all when the planned number of
 * bytes has passed on one (both ways together), as a broken line does.
 */
public final class CuttingProxy implements Closeable {
  private final ServerSocket server;
  private final Queue<Long> cuts = new ConcurrentLinkedQueue<>();
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final Queue<InetSocketAddress> targets = new ConcurrentLinkedQueue<>();

  /** How many cuts were made. */
  public final AtomicLong cutsMade = new AtomicLong();

  /** Listens on loopback. */
  public CuttingProxy() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  /** Cuts one connection after it carried that many bytes. */
  public void cutAfter(long bytes) {
    cuts.add(bytes);
  }

  /** Makes sockets that go through the proxy, whatever they connect to. */
  public SocketFactory socketFactory() {
    return new ThroughProxy();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket target = new Socket();
        InetSocketAddress address = targets.poll();
        if (address == null) {
          throw new IOException("Nobody said where to");
        }
        target.connect(address);
        open.add(client);
        open.add(target);
        start(() -> pump(client, target));
        start(() -> pump(target, client));
      }
    } catch (SocketException e) {
      // closed at the end of the test
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] bytes = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        out.write(bytes, 0, read);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  // Counted where the client reads and writes, and the client gets nothing more: what was still in
  // the kernel's buffers may be much or little, and a broken line loses it anyway.
  private void count(AtomicLong carried, int bytes) throws IOException {
    Long limit = cuts.peek();
    if (limit != null && carried.addAndGet(Math.max(0, bytes)) >= limit && cuts.remove(limit)) {
      cutsMade.incrementAndGet();
      closeAll();
      throw new SocketException("The line was cut by the test");
    }
  }

  private void closeAll() {
    for (Socket socket = open.poll(); socket != null; socket = open.poll()) {
      closeQuietly(socket);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    closeAll();
  }

  private final class ThroughProxy extends SocketFactory {
    @Override
    public Socket createSocket() {
      AtomicLong carried = new AtomicLong();
      return new Socket() {
        @Override
        public InputStream getInputStream() throws IOException {
          return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
              int read = super.read(into, offset, length);
              count(carried, read);
              return read;
            }
          };
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
          return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
              out.write(bytes, offset, length);
              count(carried, length);
            }
          };
        }

        @Override
        public void connect(SocketAddress address, int timeout) throws IOException {
          synchronized (targets) {
            targets.add((InetSocketAddress) address);
            super.connect(server.getLocalSocketAddress(), timeout);
          }
        }
      };
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
