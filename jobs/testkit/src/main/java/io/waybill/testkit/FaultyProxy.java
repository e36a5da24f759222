package io.waybill.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on the loopback address that passes bytes through until it is armed, then breaks
 * connections in one exact, repeatable way.
 *
 * <pre>{@code
 * try (FaultyProxy proxy = FaultyProxy.inFrontOf(server.address())) {
 *   proxy.arm(FaultPlan.once(Fault.CUT, Direction.TO_TARGET, 1_000_000));
 *   upload(proxy.address());
 *   assertThat(proxy.strikes()).isEqualTo(1);
 * }
 * }</pre>
 *
 * <p>One plan is armed at a time; arming replaces the plan before. A plan holds for open and for
 * new connections. All methods may be called from any thread; the proxy's own threads are daemons
 * and have ended when {@link #close} returns.
 */
public final class FaultyProxy implements AutoCloseable {
  /** How many bytes {@link Fault#OMIT_BYTES} leaves out. */
  public static final int OMITTED_BYTES = 16;

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final Thread acceptor;
  private final List<ProxiedConnection> open = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger strikes = new AtomicInteger();
  private final AtomicLong toTargetBytes = new AtomicLong();
  private final AtomicLong toClientBytes = new AtomicLong();
  private volatile @Nullable ArmedPlan armed;
  private volatile boolean closing;

  private FaultyProxy(ServerSocket listener, InetSocketAddress target) {
    this.listener = listener;
    this.target = target;
    this.acceptor = new Thread(this::acceptLoop, "faulty-proxy-" + listener.getLocalPort());
    this.acceptor.setDaemon(true);
  }

  /**
   * Opens a proxy on a free port of 127.0.0.1; the target is contacted only when a client comes.
   *
   * @throws UncheckedIOException if no port can be opened
   */
  public static FaultyProxy inFrontOf(InetSocketAddress target) {
    requireNonNull(target, "target");
    try {
      FaultyProxy proxy =
          new FaultyProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
      proxy.acceptor.start();
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a proxy in front of a port of 127.0.0.1. */
  public static FaultyProxy inFrontOf(int localPort) {
    return inFrontOf(new InetSocketAddress(InetAddress.getLoopbackAddress(), localPort));
  }

  /** Returns where clients connect to. */
  public InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** Returns the port that clients connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Arms one plan in place of the one before. */
  public void arm(FaultPlan plan) {
    armed = new ArmedPlan(requireNonNull(plan, "plan"));
  }

  /** Lets everything through from now on; connections already struck stay as they are. */
  public void disarm() {
    armed = null;
  }

  /** Returns how many connections were accepted, refused ones included. */
  public int connections() {
    return connections.get();
  }

  /** Returns how many times a fault struck. */
  public int strikes() {
    return strikes.get();
  }

  /** Returns how many bytes were forwarded in one direction, over all connections. */
  public long bytes(Direction direction) {
    return counter(direction).get();
  }

  /** Closes every connection and the port, and waits for the proxy's threads to end. */
  @Override
  public void close() {
    closing = true;
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      join(acceptor);
      for (ProxiedConnection connection : open) {
        connection.close();
        connection.threads().forEach(FaultyProxy::join);
      }
    }
  }

  /** Returns the plan that a connection has to look out for now, or null. */
  @Nullable ArmedPlan armed() {
    ArmedPlan now = armed;
    return now == null || now.isSpent() ? null : now;
  }

  /** Uses up one strike of the plan; false if another connection took the last. */
  boolean strike(ArmedPlan plan) {
    boolean struck = plan.takeStrike();
    if (struck) {
      strikes.incrementAndGet();
    }
    return struck;
  }

  AtomicLong counter(Direction direction) {
    return direction == Direction.TO_TARGET ? toTargetBytes : toClientBytes;
  }

  String threadName(Direction direction) {
    return acceptor.getName() + "-" + direction;
  }

  void forget(ProxiedConnection connection) {
    open.remove(connection);
  }

  private void acceptLoop() {
    while (!closing) {
      try {
        Socket client = listener.accept();
        connections.incrementAndGet();
        serve(client);
      } catch (IOException e) {
        if (!closing) {
          throw new UncheckedIOException("the proxy on port " + port() + " cannot accept", e);
        }
      }
    }
  }

  private void serve(Socket client) throws IOException {
    ArmedPlan now = armed();
    if (now != null && now.plan().fault() == Fault.REFUSE && strike(now)) {
      ProxiedConnection.reset(client);
      return;
    }
    Socket upstream = new Socket();
    try {
      upstream.connect(target, 10_000);
    } catch (IOException unreachable) {
      // the client of a proxy learns that the target is away by the reset, as it would without us
      upstream.close();
      ProxiedConnection.reset(client);
      return;
    }
    ProxiedConnection connection = new ProxiedConnection(this, client, upstream);
    open.add(connection);
    connection.start();
  }

  private static void join(Thread thread) {
    try {
      thread.join(CLOSE_WAIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (thread.isAlive()) {
      throw new IllegalStateException("thread " + thread.getName() + " did not end");
    }
  }
}
