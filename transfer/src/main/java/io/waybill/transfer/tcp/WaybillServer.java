package io.waybill.transfer.tcp;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.SharedRate;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.WireTap;
import io.waybill.transfer.proxy.ProxyServer;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import io.waybill.transfer.tcp.wire.Limits;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** Where a {@code waybill:} server is, and how to talk to it. */
public final class WaybillServer {
  private static final int MOST_SESSIONS = 64;

  private final String host;
  private final int port;
  private final @Nullable Credentials credentials;
  private final Optional<String> certificateUser;
  private final Security security;
  private final Duration connectTimeout;
  private final Duration loginTimeout;
  private final Duration idleTimeout;
  private final SocketFactory socketFactory;
  private final Backoff backoff;
  private final InstantSource clock;
  private final int streams;
  private final int sessions;
  private final RouteMemory routeMemory;
  private final List<Endpoint> hosts;
  private final Balance balance;
  private final RateLimit rateLimit;
  private final SharedRate sharedRate;
  private final Addresses.Resolver resolver;
  private final AtomicInteger turns = new AtomicInteger(new Random().nextInt(1 << 16));
  private final WireTap tap;
  private final Consumer<Retry> retries;
  private final Optional<ProxyServer> proxy;

  private WaybillServer(Builder builder) {
    this.host = builder.host;
    this.port = builder.port;
    this.credentials = builder.credentials;
    this.certificateUser = builder.certificateUser;
    this.security =
        new Security(
            builder.isPlaintext,
            Optional.ofNullable(builder.trust),
            Optional.ofNullable(builder.identity));
    this.connectTimeout = builder.connectTimeout;
    this.loginTimeout = builder.loginTimeout;
    this.idleTimeout = builder.idleTimeout;
    this.socketFactory = builder.socketFactory;
    this.backoff = builder.backoff;
    this.clock = builder.clock;
    this.streams = builder.streams;
    this.sessions = builder.sessions;
    this.routeMemory = builder.routeMemory;
    this.hosts = List.copyOf(builder.hosts);
    this.balance = builder.balance;
    this.rateLimit = builder.rateLimit;
    this.sharedRate = builder.sharedRate;
    this.resolver = builder.resolver;
    this.tap = builder.tap;
    this.retries = builder.retries;
    this.proxy = Optional.ofNullable(builder.proxy);
  }

  /** Starts the description of the server at {@code host:port}. */
  public static Builder builder(String host, int port) {
    return new Builder(host, port);
  }

  /** Returns the host name or address. */
  public String host() {
    return host;
  }

  /** Returns the port. */
  public int port() {
    return port;
  }

  /**
   * How the connection is secured.
   *
   * @param isPlaintext whether it is not
   * @param trust what makes the server believed; empty for the authorities that Java trusts
   * @param identity what this client proves itself by
   */
  record Security(boolean isPlaintext, Optional<ServerTrust> trust, Optional<Identity> identity) {}

  /** Returns who logs in; empty if the client's certificate says it. */
  public Optional<Credentials> credentials() {
    return Optional.ofNullable(credentials);
  }

  /** Returns who logs in by a certificate; empty for the one user that it belongs to. */
  public Optional<String> certificateUser() {
    return certificateUser;
  }

  /** Returns the user who logs in, as far as it is known here. */
  String user() {
    return credentials == null
        ? certificateUser.orElse("the certificate's user")
        : credentials.user();
  }

  Security security() {
    return security;
  }

  /** Returns the longest time to connect; default 10 s. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** Returns the longest time to log in, HELLO included; default 20 s. */
  public Duration loginTimeout() {
    return loginTimeout;
  }

  /** Returns the longest time without a byte, and for the answer to a request; default 30 s. */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  SocketFactory socketFactory() {
    return socketFactory;
  }

  Backoff backoff() {
    return backoff;
  }

  InstantSource clock() {
    return clock;
  }

  /** Returns how many connections carry one large file; 0, the default: as many as prove best. */
  public int streams() {
    return streams;
  }

  /** Returns how many calls one client does side by side, each over a session of its own. */
  public int sessions() {
    return sessions;
  }

  /** Returns where it is kept how many streams proved best. */
  public RouteMemory routeMemory() {
    return routeMemory;
  }

  List<Endpoint> hosts() {
    return hosts;
  }

  /** Returns how fast one client may be, each way, all its connections taken together. */
  public RateLimit rateLimit() {
    return rateLimit;
  }

  /** Returns what else its bytes count in; default nothing. */
  public SharedRate sharedRate() {
    return sharedRate;
  }

  Balance balance() {
    return balance;
  }

  /** Counts the clients that were made from this. */
  int turn() {
    return turns.getAndIncrement();
  }

  Addresses.Resolver resolver() {
    return resolver;
  }

  WireTap tap() {
    return tap;
  }

  Consumer<Retry> retries() {
    return retries;
  }

  /** Returns what connections are made through; default empty. */
  public Optional<ProxyServer> proxy() {
    return proxy;
  }

  /** Returns {@code host:port}, of the first host if there are several. */
  public String endpoint() {
    return host + ":" + port;
  }

  @Override
  public String toString() {
    return "WaybillServer[" + endpoint() + " user=" + user() + "]";
  }

  /** Describes a server. */
  public static final class Builder {
    private final String host;
    private final int port;
    private @Nullable Credentials credentials;
    private boolean isPlaintext;
    private @Nullable ServerTrust trust;
    private @Nullable Identity identity;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration loginTimeout = Duration.ofSeconds(20);
    private Duration idleTimeout = Duration.ofSeconds(30);
    private SocketFactory socketFactory = new ChannelSockets();
    private Optional<String> certificateUser = Optional.empty();
    private Backoff backoff = Backoff.builder().build();
    private InstantSource clock = InstantSource.system();
    private int streams;
    private int sessions = 4;
    private RouteMemory routeMemory = RouteMemory.ofProcess();
    private final List<Endpoint> hosts = new ArrayList<>();
    private Balance balance = Balance.FAILOVER;
    private RateLimit rateLimit = RateLimit.unlimited();
    private SharedRate sharedRate = SharedRate.NONE;
    private Addresses.Resolver resolver = InetAddress::getAllByName;
    private WireTap tap = WireTap.NONE;
    private Consumer<Retry> retries = retry -> {};
    private @Nullable ProxyServer proxy;

    private Builder(String host, int port) {
      this.host = Objects.requireNonNull(host, "host");
      this.port = port;
      hosts.add(new Endpoint(host, port));
    }

    /**
     * Adds another host that serves the same files. One that cannot be reached or is shutting down
     * is passed over and tried again later; a refused login is not tried elsewhere.
     */
    public Builder orElse(String otherHost, int otherPort) {
      hosts.add(new Endpoint(Objects.requireNonNull(otherHost), otherPort));
      return this;
    }

    /** Sets which of several hosts to begin with; default {@link Balance#FAILOVER}. */
    public Builder balance(Balance value) {
      this.balance = Objects.requireNonNull(value);
      return this;
    }

    /** Sets how fast one client may be, each way, all its connections taken together. */
    public Builder rateLimit(RateLimit value) {
      this.rateLimit = Objects.requireNonNull(value);
      return this;
    }

    /** Sets a rate that it keeps to together with other clients, besides its own. */
    public Builder sharedRate(SharedRate value) {
      this.sharedRate = Objects.requireNonNull(value);
      return this;
    }

    Builder resolver(Addresses.Resolver value) {
      this.resolver = value;
      return this;
    }

    /** Sets who logs in. */
    public Builder credentials(Credentials value) {
      this.credentials = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Sets what makes the server believed: its pin, or authorities; the default is those that Java
     * trusts, and the host's name.
     */
    public Builder trust(ServerTrust value) {
      this.trust = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Sets the certificate that this client proves itself by, in place of credentials; it must
     * belong to one user of the server.
     */
    public Builder identity(Identity value) {
      this.identity = Objects.requireNonNull(value);
      this.certificateUser = Optional.empty();
      return this;
    }

    /**
     * Sets the certificate that this client proves itself by, and who it means to be: it is refused
     * where the certificate is not that user's.
     */
    public Builder identity(Identity value, String user) {
      this.identity = Objects.requireNonNull(value);
      this.certificateUser = Optional.of(user);
      return this;
    }

    /**
     * Does without TLS: nothing authenticates what travels after login, and anybody on the way can
     * read it. The server must have been told the same.
     */
    public Builder plaintext() {
      this.isPlaintext = true;
      return this;
    }

    /** Sets the longest time to connect. */
    public Builder connectTimeout(Duration value) {
      this.connectTimeout = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the longest time to log in. */
    public Builder loginTimeout(Duration value) {
      this.loginTimeout = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the longest time without a byte, and for the answer to a request. */
    public Builder idleTimeout(Duration value) {
      this.idleTimeout = Objects.requireNonNull(value);
      return this;
    }

    /** Sets what makes the sockets; the default makes such with a channel. */
    public Builder socketFactory(SocketFactory value) {
      this.socketFactory = Objects.requireNonNull(value);
      return this;
    }

    /** Sets how lost connections are made again. */
    public Builder backoff(Backoff value) {
      this.backoff = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the clock that receipts are timed by. */
    public Builder clock(InstantSource value) {
      this.clock = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Sets what connections are made through: only the proxy's name is looked up here, that of the
     * server by the proxy. {@link #connectTimeout} covers its answers too.
     */
    public Builder proxy(ProxyServer value) {
      this.proxy = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Sets who is told of each failure that will be tried again, on the thread of the call, before
     * it waits; the default is nobody. It must not throw.
     */
    public Builder retries(Consumer<Retry> value) {
      this.retries = Objects.requireNonNull(value);
      return this;
    }

    /** Sets what is told of every frame; the default is nobody. */
    public Builder tap(WireTap value) {
      this.tap = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Sets how many connections carry one large file, if the server allows that many.
     *
     * @param value 1 to 16; 0 tries on the way how many are best
     * @throws IllegalArgumentException if it is out of that range
     */
    public Builder streams(int value) {
      if (value < 0 || value > Limits.STREAMS) {
        throw new IllegalArgumentException("streams is " + value);
      }
      this.streams = value;
      return this;
    }

    /**
     * Sets how many calls one client does side by side, each over a session of its own; default 4.
     * Where the server has room for fewer, it is fewer.
     *
     * @param value 1 to 64
     * @throws IllegalArgumentException if it is out of that range
     */
    public Builder sessions(int value) {
      if (value < 1 || value > MOST_SESSIONS) {
        throw new IllegalArgumentException("sessions is " + value);
      }
      this.sessions = value;
      return this;
    }

    /**
     * Sets where it is kept how many streams proved best; default {@link RouteMemory#ofProcess}.
     */
    public Builder routeMemory(RouteMemory value) {
      this.routeMemory = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Keeps in a file how many streams proved best: at most 256 routes, replaced as a whole,
     * started over if it is damaged. Its directory must exist.
     */
    public Builder routeMemory(Path file) {
      return routeMemory(RouteMemory.inFile(file, clock));
    }

    /**
     * Builds the description.
     *
     * @throws TransferException.Configuration if it has neither credentials nor a certificate to
     *     log in with, or settings of TLS together with plaintext
     */
    public WaybillServer build() {
      if (credentials == null && identity == null) {
        throw new TransferException.Configuration(
            "A login at " + host + ":" + port + " needs a user and key, or a client's certificate");
      }
      if (isPlaintext && (trust != null || identity != null)) {
        throw new TransferException.Configuration(
            "A pin, an authority or a certificate for "
                + host
                + ":"
                + port
                + " means nothing without TLS: leave out either them or plaintext");
      }
      return new WaybillServer(this);
    }
  }
}
