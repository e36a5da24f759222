package io.waybill.transfer.ftp;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.remote.Sleeper;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** Where an FTP server is, who logs in, and how long to wait for it. */
public final class FtpServer {
  private final String host;
  private final int port;
  private final Credentials credentials;
  private final Protection protection;
  private final TlsVersions tlsVersions;
  private final @Nullable ServerTrust trust;
  private final @Nullable Identity identity;
  private final Duration connectTimeout;
  private final Duration loginTimeout;
  private final Duration replyTimeout;
  private final Duration idleTimeout;
  private final int maxSessions;
  private final int maxReconnects;
  private final SocketFactory socketFactory;
  private final Sleeper sleeper;
  private final RandomGenerator random;
  private final InstantSource clock;

  private FtpServer(Builder builder) {
    this.host = Objects.requireNonNull(builder.host, "host");
    this.protection = builder.protection;
    this.port = builder.port == 0 ? protection.defaultPort() : builder.port;
    this.tlsVersions = builder.tlsVersions;
    this.trust = builder.trust;
    this.identity = builder.identity;
    if (!protection.isTls() && (trust != null || identity != null)) {
      throw new IllegalArgumentException(
          "Trust and identity are for TLS, and the protection is NONE: choose EXPLICIT or IMPLICIT");
    }
    this.credentials = Objects.requireNonNull(builder.credentials, "credentials");
    this.connectTimeout = builder.connectTimeout;
    this.loginTimeout = builder.loginTimeout;
    this.replyTimeout = builder.replyTimeout;
    this.idleTimeout = builder.idleTimeout;
    this.maxSessions = builder.maxSessions;
    this.maxReconnects = builder.maxReconnects;
    this.socketFactory = builder.socketFactory;
    this.sleeper = builder.sleeper;
    this.random = builder.random;
    this.clock = builder.clock;
  }

  /** Starts with the defaults; host and credentials are required. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the host name or address. */
  public String host() {
    return host;
  }

  /** Returns the port; default that of the protection: 21, or 990 for implicit TLS. */
  public int port() {
    return port;
  }

  /** Returns how the connections are protected; default not at all. */
  public Protection protection() {
    return protection;
  }

  /** Returns which versions of TLS are spoken; default {@link TlsVersions#AUTO}. */
  public TlsVersions tlsVersions() {
    return tlsVersions;
  }

  /** Returns what makes a server believed; if empty, the authorities that Java trusts. */
  public Optional<ServerTrust> trust() {
    return Optional.ofNullable(trust);
  }

  /** Returns the certificate and key that are shown to a server that asks; default none. */
  public Optional<Identity> identity() {
    return Optional.ofNullable(identity);
  }

  /** Returns who logs in. */
  public Credentials credentials() {
    return credentials;
  }

  /** Returns the longest wait for a connection; default 10 s. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** Returns the longest wait for the greeting and each reply up to the login; default 20 s. */
  public Duration loginTimeout() {
    return loginTimeout;
  }

  /** Returns the longest wait for a reply; default 30 s. */
  public Duration replyTimeout() {
    return replyTimeout;
  }

  /** Returns the longest time in which no byte of a file may move; default 30 s. */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /** Returns how many sessions may be open at a time; default 4. */
  public int maxSessions() {
    return maxSessions;
  }

  /** Returns how many times one transfer makes a lost connection again; default 5. */
  public int maxReconnects() {
    return maxReconnects;
  }

  /** Returns what makes the sockets; default plain ones. */
  public SocketFactory socketFactory() {
    return socketFactory;
  }

  Sleeper sleeper() {
    return sleeper;
  }

  RandomGenerator random() {
    return random;
  }

  InstantSource clock() {
    return clock;
  }

  /** Returns {@code host:port}. */
  public String endpoint() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public String toString() {
    return (protection.isTls() ? "ftps" : "ftp") + "://***@" + endpoint();
  }

  /** Collects settings. */
  public static final class Builder {
    private @Nullable String host;
    private int port;
    private Protection protection = Protection.NONE;
    private TlsVersions tlsVersions = TlsVersions.AUTO;
    private @Nullable ServerTrust trust;
    private @Nullable Identity identity;
    private @Nullable Credentials credentials;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration loginTimeout = Duration.ofSeconds(20);
    private Duration replyTimeout = Duration.ofSeconds(30);
    private Duration idleTimeout = Duration.ofSeconds(30);
    private int maxSessions = 4;
    private int maxReconnects = 5;
    private SocketFactory socketFactory = SocketFactory.getDefault();
    private Sleeper sleeper = duration -> Thread.sleep(duration.toMillis());
    private RandomGenerator random = new Random();
    private InstantSource clock = InstantSource.system();

    private Builder() {}

    /** Sets the host name or address. */
    public Builder host(String value) {
      this.host = value;
      return this;
    }

    /**
     * Sets the port.
     *
     * @throws IllegalArgumentException unless it is 1 to 65535
     */
    public Builder port(int value) {
      if (value < 1 || value > 65535) {
        throw new IllegalArgumentException("A port is 1 to 65535, not " + value);
      }
      this.port = value;
      return this;
    }

    /**
     * Sets how the connections are protected. What is not {@link Protection#NONE} is never given
     * up: a server that refuses it is not logged in to.
     */
    public Builder protection(Protection value) {
      this.protection = Objects.requireNonNull(value);
      return this;
    }

    /** Sets which versions of TLS are spoken. */
    public Builder tlsVersions(TlsVersions value) {
      this.tlsVersions = Objects.requireNonNull(value);
      return this;
    }

    /** Sets what makes a server believed, on control and data connections. */
    public Builder trust(ServerTrust value) {
      this.trust = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the certificate and key that are shown to a server that asks for one. */
    public Builder identity(Identity value) {
      this.identity = Objects.requireNonNull(value);
      return this;
    }

    /** Sets who logs in. */
    public Builder credentials(Credentials value) {
      this.credentials = value;
      return this;
    }

    /** Sets the longest wait for a connection. */
    public Builder connectTimeout(Duration value) {
      this.connectTimeout = positive(value);
      return this;
    }

    /** Sets the longest wait for each reply up to the login. */
    public Builder loginTimeout(Duration value) {
      this.loginTimeout = positive(value);
      return this;
    }

    /** Sets the longest wait for a reply. */
    public Builder replyTimeout(Duration value) {
      this.replyTimeout = positive(value);
      return this;
    }

    /** Sets the longest time without a byte moving. */
    public Builder idleTimeout(Duration value) {
      this.idleTimeout = positive(value);
      return this;
    }

    /**
     * Sets how many sessions may be open at a time; a server that allows fewer is learnt.
     *
     * @throws IllegalArgumentException unless it is 1 to 64
     */
    public Builder maxSessions(int value) {
      if (value < 1 || value > 64) {
        throw new IllegalArgumentException("maxSessions is 1 to 64, not " + value);
      }
      this.maxSessions = value;
      return this;
    }

    /**
     * Sets how many times one transfer makes a lost connection again.
     *
     * @throws IllegalArgumentException if negative
     */
    public Builder maxReconnects(int value) {
      if (value < 0) {
        throw new IllegalArgumentException("maxReconnects is negative: " + value);
      }
      this.maxReconnects = value;
      return this;
    }

    /** Sets what makes the sockets, for control and data. */
    public Builder socketFactory(SocketFactory value) {
      this.socketFactory = Objects.requireNonNull(value);
      return this;
    }

    /** Sets how to wait between reconnects. */
    public Builder sleeper(Sleeper value) {
      this.sleeper = Objects.requireNonNull(value);
      return this;
    }

    /** Sets where the jitter of the waits comes from. */
    public Builder random(RandomGenerator value) {
      this.random = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the clock of the receipts. */
    public Builder clock(InstantSource value) {
      this.clock = Objects.requireNonNull(value);
      return this;
    }

    private static Duration positive(Duration value) {
      if (value.toMillis() < 1 || value.toMillis() > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("A timeout is 1 ms to 24 days, not " + value);
      }
      return value;
    }

    /**
     * Builds the settings.
     *
     * @throws NullPointerException if host or credentials are missing
     * @throws IllegalArgumentException if there is trust or an identity, but no TLS
     */
    public FtpServer build() {
      return new FtpServer(this);
    }
  }
}
