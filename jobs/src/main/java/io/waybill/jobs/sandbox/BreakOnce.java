package io.waybill.jobs.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy on a free port of 127.0.0.1 that breaks one connection, the first that carries so
 * many bytes, and passes everything else through: it shows that a transfer survives.
 *
 * <p>Its threads are daemons. Safe for use by several threads.
 */
public final class BreakOnce implements AutoCloseable {
  private final ServerSocket listener;
  private final int targetPort;
  private final long afterBytes;
  private final Thread acceptor;
  private final AtomicBoolean broken = new AtomicBoolean();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private BreakOnce(ServerSocket listener, int targetPort, long afterBytes) {
    this.listener = listener;
    this.targetPort = targetPort;
    this.afterBytes = afterBytes;
    this.acceptor = daemon(this::accept, "break-once");
  }

  /**
   * Opens the proxy.
   *
   * @param targetPort the port of 127.0.0.1 to pass connections on to
   * @param afterBytes how many bytes of one connection, both ways together, pass before it breaks;
   *     at most one buffer (16 KiB) more
   * @throws IOException if no port can be opened
   */
  public static BreakOnce inFrontOf(int targetPort, long afterBytes) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    BreakOnce proxy = new BreakOnce(listener, targetPort, afterBytes);
    proxy.acceptor.start();
    return proxy;
  }

  /** Returns the port of 127.0.0.1 to connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Tells whether a connection was broken already. */
  public boolean hasBroken() {
    return broken.get();
  }

  /** Closes the port and every connection; nobody can connect when it returns. */
  @Override
  public void close() {
    try {
      listener.close();
      acceptor.join(); // while it waits in the kernel, the port still accepts
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.forEach(this::abandon);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        pass(listener.accept());
      } catch (IOException closed) {
        // by close(), which ends the loop; a client that went away before it was served is no news
      }
    }
  }

  private void pass(Socket client) throws IOException {
    Socket target;
    try {
      target = new Socket(InetAddress.getLoopbackAddress(), targetPort);
    } catch (IOException unreachable) {
      abandon(client);
      return;
    }
    open.add(client);
    open.add(target);
    AtomicLong carried = new AtomicLong();
    daemon(() -> pump(client, target, carried), "break-once-up").start();
    daemon(() -> pump(target, client, carried), "break-once-down").start();
  }

  private void pump(Socket from, Socket to, AtomicLong carried) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16 * 1024];
      int length;
      while ((length = in.read(buffer)) >= 0) {
        if (carried.addAndGet(length) > afterBytes && broken.compareAndSet(false, true)) {
          abandon(from);
          abandon(to);
          return;
        }
        out.write(buffer, 0, length);
      }
      to.shutdownOutput();
      if (from.isOutputShutdown()) { // the other way has ended too
        abandon(from);
        abandon(to);
      }
    } catch (IOException e) {
      // one end is gone: so is the other, for a proxy has nobody else to tell
      abandon(from);
      abandon(to);
    }
  }

  private void abandon(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // closed or not, it is out of use
    }
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
