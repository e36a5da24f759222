package io.waybill.transfer.tcp.server;

import io.waybill.transfer.Pacer;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.WireTap;
import io.waybill.transfer.file.OrphanParts;
import io.waybill.transfer.tcp.access.CidrList;
import io.waybill.transfer.tcp.access.ConnectionCaps;
import io.waybill.transfer.tcp.access.LoginGuard;
import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.tls.ClientCertificates;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.Tls;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.Workers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves directories over the {@code waybill:} protocol: each user logs in with a key and sees the
 * files below one root. Safe for use by several threads.
 *
 * <p>Connections are secured by TLS 1.3 with the server's identity, or, where that was asked for,
 * by nothing.
 */
public final class TransferServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TransferServer.class);

  /** Beyond all caps: connections that a balancer has opened and not yet said for whom. */
  private static final int MOST_SOCKETS = 4096;

  private final InetSocketAddress address;
  private final ServerUsers users;
  private final Duration idle;
  private final WireTap tap;
  private final Optional<Tls> tls;
  private final Pacer inward;
  private final Pacer outward;
  private final Gate gate;
  private final Sweeper sweeper;
  private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
  private final Sessions sessions = new Sessions();
  private final BufferBudget chunks = new BufferBudget(BufferBudget.DEFAULT_BYTES);
  private final HeapBudget heap = new HeapBudget();
  private final Map<String, BufferBudget> shares = new ConcurrentHashMap<>();
  private final ExecutorService workers = Workers.create();
  private @Nullable Acceptor listener;
  private volatile boolean isDraining;

  private TransferServer(Builder builder, Optional<Tls> tls) {
    this.address = builder.address;
    this.users = builder.users;
    this.idle = builder.idle;
    this.tap = builder.tap;
    this.tls = tls;
    this.inward = Pacer.of(builder.rateLimit);
    this.outward = Pacer.of(builder.rateLimit);
    this.gate = new Gate(builder.guard, builder.caps, builder.trustedProxies, builder.clock);
    this.sweeper =
        new Sweeper(users::roots, builder.keepUnfinished, builder.clock, users::forgetUsage);
  }

  /** Starts the description of a server for the files below {@code root}. */
  public static Builder builder(Path root) {
    return new Builder(root);
  }

  /**
   * Listens and serves until {@link #close}.
   *
   * @throws TransferException.Connection if the address cannot be listened on
   * @throws IllegalStateException if it was started before
   */
  public synchronized TransferServer start() {
    if (listener != null || isDraining) {
      throw new IllegalStateException("a TransferServer is started once");
    }
    try {
      listener = Acceptor.start(address, this::begin);
    } catch (IOException e) {
      throw new TransferException.Connection(
          name(address), "Cannot listen on " + name(address) + ": " + e.getMessage(), e);
    }
    sweeper.start();
    LOG.info("event=server-started address={} port={}", address.getHostString(), port());
    return this;
  }

  /**
   * Returns the port it listens on, also when it was asked for port 0.
   *
   * @throws IllegalStateException if it was not started or is closed
   */
  public synchronized int port() {
    Acceptor open = listener;
    if (open == null || !open.isOpen()) {
      throw new IllegalStateException("the server does not listen");
    }
    return open.port();
  }

  private void begin(SocketChannel channel) throws IOException {
    String peer = String.valueOf(channel.getRemoteAddress());
    if (connections.size() >= MOST_SOCKETS) {
      LOG.warn("event=connection-refused peer={} reason=\"too many connections\"", peer);
      channel.close();
      return;
    }
    Transport transport = Transport.over(channel, tls, idle, chunks);
    transport.pace(inward, outward);
    transport
        .wire()
        .tapped(
            tap.open(
                "waybill",
                (InetSocketAddress) channel.getLocalAddress(),
                (InetSocketAddress) channel.getRemoteAddress()));
    ServerConnection connection =
        new ServerConnection(
            transport,
            (InetSocketAddress) channel.getRemoteAddress(),
            channel::read,
            new ServerConnection.Surroundings(
                users, sessions, workers, () -> isDraining, gate, this::share, heap));
    connections.add(connection);
    try {
      workers.execute(() -> serve(connection));
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      connections.remove(connection);
      end(connection);
      throw e;
    }
  }

  private BufferBudget share(String user) {
    return shares.computeIfAbsent(user, each -> chunks.share());
  }

  private void serve(ServerConnection connection) {
    try {
      connection.run();
    } finally {
      connections.remove(connection);
    }
  }

  /**
   * Stops accepting, lets transfers under way finish, and closes. What is not finished in time is
   * cut off; its client resumes when the server is back.
   *
   * @return whether everything finished in time
   */
  public boolean drain(Duration atMost) {
    isDraining = true;
    stopListening();
    long end = System.nanoTime() + atMost.toNanos();
    boolean isFinished = connections.isEmpty();
    try {
      while (!isFinished && System.nanoTime() - end < 0) {
        connections.stream().filter(ServerConnection::isAtRest).forEach(TransferServer::end);
        TimeUnit.MILLISECONDS.sleep(20);
        isFinished = connections.isEmpty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.info("event=server-drained finished={} left={}", isFinished, connections.size());
    close();
    return isFinished;
  }

  private static void end(ServerConnection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      LOG.info("event=close-failed", e);
    }
  }

  private synchronized void stopListening() {
    Acceptor open = listener;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.warn("event=close-failed address={}", name(address), e);
      }
    }
  }

  /** Stops at once; transfers under way are cut off and can be resumed. */
  @Override
  public void close() {
    isDraining = true;
    stopListening();
    sweeper.close();
    connections.forEach(TransferServer::end);
    workers.shutdown();
    try {
      if (!workers.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("event=sessions-left count={}", connections.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String name(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  /** Describes a server. */
  public static final class Builder {
    private final Path root;
    private final ServerUsers users;
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private Duration idle = Duration.ofSeconds(30);
    private WireTap tap = WireTap.NONE;
    private @Nullable Identity identity;
    private ClientCertificates certificates = ClientCertificates.none();
    private boolean isPlaintext;
    private RateLimit rateLimit = RateLimit.unlimited();
    private LoginGuard guard = LoginGuard.builder(InstantSource.system()).build();
    private ConnectionCaps caps = ConnectionCaps.builder().build();
    private CidrList trustedProxies = CidrList.of(List.of());
    private Duration keepUnfinished = OrphanParts.USUAL_WAIT;
    private InstantSource clock = InstantSource.system();

    private Builder(Path root) {
      this.root = Objects.requireNonNull(root, "root").toAbsolutePath().normalize();
      this.users = new ServerUsers(this.root);
    }

    /** Sets where to listen; the default is a free port on loopback. */
    public Builder bind(InetSocketAddress value) {
      this.address = Objects.requireNonNull(value, "address");
      return this;
    }

    /**
     * Adds a user who sees all of the root.
     *
     * @param key asked once, now; only what checks it is kept
     */
    public Builder user(String name, Supplier<String> key) {
      return user(name, key, ".");
    }

    /**
     * Adds a user.
     *
     * @param key asked once, now; only what checks it is kept
     * @param directory what the user sees, relative to the root
     */
    public Builder user(String name, Supplier<String> key, String directory) {
      return user(ServerUser.builder(name).root(directory).build(), key);
    }

    /**
     * Adds a user.
     *
     * @param key asked once, now; only what checks it is kept
     * @throws IllegalArgumentException if there is one of that name, or the key is not printable
     */
    public Builder user(ServerUser user, Supplier<String> key) {
      users.add(user, new UserProof.Key(ScramKey.derive(key.get(), new SecureRandom())));
      return this;
    }

    /**
     * Adds the users of a file, which is looked at again at each login: a user who was added can
     * come, one who was taken out cannot come back. A malformed line, or one whose root lies
     * outside the server's, is logged and bars its user; a file that can no longer be read is
     * logged, and the users stay as they were. Who has no directory yet is let in once there is
     * one.
     *
     * @throws TransferException.Configuration if the file cannot be read, or can be read by others
     *     than its owner
     */
    public Builder users(UsersFile file) {
      try {
        users.add(file);
      } catch (IOException e) {
        throw new TransferException.Configuration("Cannot use the users file: " + e.getMessage());
      }
      return this;
    }

    /** Sets what is told of every frame; the default is nobody. */
    public Builder tap(WireTap value) {
      this.tap = Objects.requireNonNull(value, "tap");
      return this;
    }

    /** Sets the key and certificate that the server shows in TLS. */
    public Builder identity(Identity value) {
      this.identity = Objects.requireNonNull(value, "identity");
      return this;
    }

    /** Sets which clients may prove themselves by a certificate; none by default. */
    public Builder clientCertificates(ClientCertificates value) {
      this.certificates = Objects.requireNonNull(value, "certificates");
      return this;
    }

    /**
     * Does without TLS: nothing authenticates what travels after login, and anybody on the way can
     * read it. Clients must be told the same.
     */
    public Builder plaintext() {
      this.isPlaintext = true;
      return this;
    }

    /** Sets how fast the server may be, each way, all clients taken together. */
    public Builder rateLimit(RateLimit value) {
      this.rateLimit = Objects.requireNonNull(value, "rateLimit");
      return this;
    }

    /** Sets the longest time without a byte inside a frame or write; default 30 s. */
    public Builder idleTimeout(Duration value) {
      this.idle = Objects.requireNonNull(value, "idle");
      return this;
    }

    /** Sets what slows down and bars those who guess keys; {@link LoginGuard}'s defaults. */
    public Builder loginGuard(LoginGuard value) {
      this.guard = Objects.requireNonNull(value, "guard");
      return this;
    }

    /** Sets the clock for ages and for how long a refusal lasts; the system's by default. */
    public Builder clock(InstantSource value) {
      this.clock = Objects.requireNonNull(value, "clock");
      return this;
    }

    /** Sets how many connections there may be; {@link ConnectionCaps}' defaults. */
    public Builder caps(ConnectionCaps value) {
      this.caps = Objects.requireNonNull(value, "caps");
      return this;
    }

    /**
     * Names the balancers. Each connection from there must begin with a PROXY protocol header,
     * version 2, and the address in it counts for users, guard and caps; nobody by default.
     */
    public Builder trustedProxies(CidrList value) {
      this.trustedProxies = Objects.requireNonNull(value, "trustedProxies");
      return this;
    }

    /**
     * Sets how long an unfinished file stays that nobody comes back for; 7 days by default. They
     * are looked for at the start and once a day.
     *
     * @throws IllegalArgumentException if it is not above 0
     */
    public Builder keepUnfinished(Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException("keepUnfinished is " + value + "; above 0");
      }
      this.keepUnfinished = value;
      return this;
    }

    /**
     * Builds the server, which does not listen yet.
     *
     * @throws TransferException.Configuration if neither an identity nor plaintext was asked for,
     *     or both, there is no user, or the directory of a user not from a file does not exist or
     *     lies outside the root, or a user could reach the server's key or users file
     */
    public TransferServer build() {
      if (isPlaintext == (identity != null)) {
        throw new TransferException.Configuration(
            "A server needs either an identity for TLS, as Identity.loadOrMake makes one, or to be told that it speaks plaintext");
      }
      if (address.isUnresolved()) {
        throw new TransferException.Configuration(
            "Cannot listen on " + name(address) + ": the name is not known");
      }
      if (isPlaintext && !address.getAddress().isLoopbackAddress()) {
        LOG.warn(
            "event=plaintext address={} hint=\"whoever is on the way can read and change what travels\"",
            name(address));
      }
      if (users.isEmpty()) {
        throw new TransferException.Configuration("A server needs at least one user");
      }
      for (ServerUsers.Account each : users.given()) {
        if (!each.root().startsWith(root) || !Files.isDirectory(each.root())) {
          throw new TransferException.Configuration(
              "The directory of user %s must exist and lie in %s; this does not: %s"
                  .formatted(each.user().name(), root, each.root()));
        }
      }
      if (identity != null) {
        users.keepFromUsers(identity.keyFile());
        users.decoysOf(identity.secretFor("decoys"));
      }
      users
          .exposed()
          .ifPresent(
              what -> {
                throw new TransferException.Configuration(
                    what + "; serve another directory, or keep the server's own files elsewhere");
              });
      return new TransferServer(this, tls());
    }

    private Optional<Tls> tls() {
      if (identity == null) {
        return Optional.empty();
      }
      try {
        return Optional.of(Tls.server(identity, certificates.orPins(users::pins)));
      } catch (IOException e) {
        throw new TransferException.Configuration(
            "Cannot use the server's identity: " + e.getMessage());
      }
    }
  }
}
