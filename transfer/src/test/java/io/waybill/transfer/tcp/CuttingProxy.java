package io.waybill.transfer.tcp;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Passes bytes between a client and a server, counts them, and cuts or spoils them on order. */
final class CuttingProxy implements Closeable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile int serverPort;
  private volatile boolean isClosed;

  final AtomicLong bytesToServer = new AtomicLong();
  final AtomicLong bytesToClient = new AtomicLong();
  final AtomicInteger connections = new AtomicInteger();

  /** Cut when that many more bytes went to the server, or to the client; never if negative. */
  final AtomicLong cutAfterToServer = new AtomicLong(-1);

  final AtomicLong cutAfterToClient = new AtomicLong(-1);

  /** Flip a bit of the byte that comes after that many more to the server; never if negative. */
  final AtomicLong spoilAfterToServer = new AtomicLong(-1);

  /** While set, nothing that the server says comes through; it is swallowed. */
  volatile boolean isServerMute;

  /** The speed of the link, each way; 0 for as fast as it goes. */
  volatile long bytesPerSecond;

  CuttingProxy(int serverPort) throws IOException {
    this.serverPort = serverPort;
    Thread thread = new Thread(this::accept, "cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  void redirect(int port) {
    serverPort = port;
  }

  private void accept() {
    while (!isClosed) {
      try {
        Socket client = listener.accept();
        connections.incrementAndGet();
        Socket server = new Socket();
        sockets.add(client);
        sockets.add(server);
        try {
          server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
        } catch (IOException e) {
          client.close();
          continue;
        }
        pump(client, server, true);
        pump(server, client, false);
      } catch (IOException e) {
        if (!isClosed) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private void pump(Socket from, Socket to, boolean isToServer) {
    Thread thread = new Thread(() -> copy(from, to, isToServer), "cutting-proxy-pump");
    thread.setDaemon(true);
    thread.start();
  }

  private void copy(Socket from, Socket to, boolean isToServer) {
    AtomicLong count = isToServer ? bytesToServer : bytesToClient;
    AtomicLong cut = isToServer ? cutAfterToServer : cutAfterToClient;
    byte[] buffer = new byte[16 << 10];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        long left = cut.get();
        if (left >= 0 && read > left) {
          out.write(buffer, 0, (int) left);
          cut.set(-1);
          return;
        }
        if (left >= 0) {
          cut.set(left - read);
        }
        if (isToServer) {
          spoil(buffer, read);
        } else if (isServerMute) {
          continue;
        }
        count.addAndGet(read); // first: the test may look as soon as the other end has it
        crawl(read);
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // one end is gone; closing the other is all there is to do
      return;
    }
  }

  private void crawl(int bytes) throws IOException {
    long speed = bytesPerSecond;
    if (speed > 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(bytes * 1_000_000_000L / speed);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private void spoil(byte[] buffer, int length) {
    long left = spoilAfterToServer.get();
    if (left < 0) {
      return;
    }
    if (left < length) {
      buffer[(int) left] ^= 0x10;
      spoilAfterToServer.set(-1);
    } else {
      spoilAfterToServer.set(left - length);
    }
  }

  /** Cuts all connections now. */
  void cut() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  @Override
  public void close() throws IOException {
    isClosed = true;
    listener.close();
    cut();
  }
}
