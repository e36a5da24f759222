package io.waybill.testkit;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One client's way through a {@link FaultyProxy}: two sockets and a pump for each direction. */
final class ProxiedConnection {
  /**
   * How long a cut connection stays half open. Closing at once with unread bytes would make the
   * kernel send a reset, which can overtake the bytes that the plan lets pass.
   */
  private static final Duration LINGER = Duration.ofMillis(100);

  private final FaultyProxy proxy;
  private final Socket client;
  private final Socket target;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger running = new AtomicInteger(2);
  private final List<Thread> threads;
  private volatile boolean isCut;

  ProxiedConnection(FaultyProxy proxy, Socket client, Socket target) {
    this.proxy = proxy;
    this.client = client;
    this.target = target;
    this.threads =
        List.of(
            pumpThread(Direction.TO_TARGET, client, target),
            pumpThread(Direction.TO_CLIENT, target, client));
  }

  void start() {
    threads.forEach(Thread::start);
  }

  List<Thread> threads() {
    return threads;
  }

  /** Ends both directions in order (FIN), then closes. */
  void cut() throws IOException, InterruptedException {
    isCut = true;
    client.shutdownOutput();
    target.shutdownOutput();
    isClosedWithin(LINGER);
    close();
  }

  /** Ends both directions with RST. */
  void reset() {
    closed.countDown();
    reset(client);
    reset(target);
  }

  void close() {
    closed.countDown();
    closeQuietly(client);
    closeQuietly(target);
  }

  void awaitClosed() throws InterruptedException {
    closed.await();
  }

  /** Waits for the end of the connection; false if it still lives after {@code delay}. */
  boolean isClosedWithin(Duration delay) throws InterruptedException {
    return closed.await(delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Ends a socket with RST instead of FIN. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException alreadyClosed) {
      return;
    }
    closeQuietly(socket);
  }

  private Thread pumpThread(Direction direction, Socket from, Socket to) {
    Thread thread = new Thread(() -> run(direction, from, to), proxy.threadName(direction));
    thread.setDaemon(true);
    return thread;
  }

  private void run(Direction direction, Socket from, Socket to) {
    try {
      new Pump(proxy, this, direction, from, to).run();
    } catch (IOException broken) {
      // an honest proxy hands a broken connection on as a broken connection; where we broke it
      // ourselves there is nothing to hand on
      if (!isCut) {
        reset();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reset();
    } finally {
      if (running.decrementAndGet() == 0) {
        close();
        proxy.forget(this);
      }
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // the socket is gone either way, and the test that broke it on purpose has nobody to tell
    }
  }
}
