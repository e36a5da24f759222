package io.waybill.transfer.tcp.server;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections at one address, on a thread of its own. */
final class Acceptor implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
  private static final int BACKLOG = 128;
  private static final long PAUSE_MILLIS = 100;

  private final ServerSocketChannel listener;
  private final Server server;

  /** Who serves what is accepted. */
  @FunctionalInterface
  interface Server {
    /** Begins to serve a connection, elsewhere; one that it throws for is closed. */
    void begin(SocketChannel connection) throws IOException;
  }

  private Acceptor(ServerSocketChannel listener, Server server) {
    this.listener = listener;
    this.server = server;
  }

  /**
   * Listens and accepts until it is closed.
   *
   * @throws IOException if the address cannot be listened on
   */
  static Acceptor start(InetSocketAddress address, Server server) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.bind(address, BACKLOG);
    } catch (IOException | RuntimeException e) {
      close(listener, e);
      throw e;
    }
    Acceptor acceptor = new Acceptor(listener, server);
    Thread thread = new Thread(acceptor::run, "waybill-accept");
    thread.setDaemon(true);
    thread.start();
    return acceptor;
  }

  boolean isOpen() {
    return listener.isOpen();
  }

  /** The port it listens on, also if it was asked for port 0. */
  int port() {
    return listener.socket().getLocalPort();
  }

  private void run() {
    while (listener.isOpen()) {
      try {
        hand(listener.accept());
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        // also where no thread can be started: the next one may be, when others have ended
        if (listener.isOpen()) {
          LOG.warn("event=accept-failed", e);
          pause();
        }
      }
    }
  }

  private void hand(SocketChannel connection) throws IOException {
    try {
      server.begin(connection);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      close(connection, e);
      throw e;
    }
  }

  // out of descriptors, say: trying again at once would only burn the processor
  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(Closeable opened, Throwable failure) {
    try {
      opened.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Accepts no more; what was accepted goes on. */
  @Override
  public void close() throws IOException {
    listener.close();
  }
}
