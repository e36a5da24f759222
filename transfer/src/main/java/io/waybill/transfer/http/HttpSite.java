package io.waybill.transfer.http;

import io.waybill.transfer.remote.Sleeper;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Where an HTTP server is, who logs in, whom to believe, and how long to wait for it. */
public final class HttpSite {
  private final String host;
  private final int port;
  private final boolean https;
  private final @Nullable HttpLogin login;
  private final @Nullable ServerTrust trust;
  private final Publishing publishing;
  private final Duration connectTimeout;
  private final Duration replyTimeout;
  private final Duration idleTimeout;
  private final int maxSessions;
  private final int maxReconnects;
  private final Sleeper sleeper;
  private final RandomGenerator random;
  private final InstantSource clock;

  private HttpSite(Builder builder) {
    this.host = Objects.requireNonNull(builder.host, "host");
    this.https = builder.https;
    this.port = builder.port > 0 ? builder.port : https ? 443 : 80;
    this.login = builder.login;
    this.trust = builder.trust;
    this.publishing = builder.publishing;
    this.connectTimeout = builder.connectTimeout;
    this.replyTimeout = builder.replyTimeout;
    this.idleTimeout = builder.idleTimeout;
    this.maxSessions = builder.maxSessions;
    this.maxReconnects = builder.maxReconnects;
    this.sleeper = builder.sleeper;
    this.random = builder.random;
    this.clock = builder.clock;
    if (URI.create(origin()).getHost() == null) {
      throw new IllegalArgumentException("No host name that an address can have: " + host);
    }
    if (login != null && !https && !builder.loginInTheClear && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "A login over http:// can be read by everybody on the way to %s: use https, or allow it with loginInTheClear(true)"
              .formatted(host));
    }
  }

  private static boolean isLoopback(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.equals("localhost") || lower.equals("::1") || lower.matches("127(\\.\\d+){3}");
  }

  /** Starts with the defaults; the host is required. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the host name or address. */
  public String host() {
    return host;
  }

  /** Returns the port; default 443, or 80 without TLS. */
  public int port() {
    return port;
  }

  /** Says whether it is reached over TLS; default true. */
  public boolean isHttps() {
    return https;
  }

  /** Returns who logs in; empty for nobody. */
  public Optional<HttpLogin> login() {
    return Optional.ofNullable(login);
  }

  /** Returns what makes the server believed; empty for the authorities that Java trusts. */
  public Optional<ServerTrust> trust() {
    return Optional.ofNullable(trust);
  }

  /** Returns how uploads get their names; default {@link Publishing#AUTO}. */
  public Publishing publishing() {
    return publishing;
  }

  /** Returns the longest wait for a connection; default 10 s. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** Returns the longest wait for a reply; default 30 s. */
  public Duration replyTimeout() {
    return replyTimeout;
  }

  /** Returns the longest time in which no byte of a file may move; default 30 s. */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /** Returns how many transfers may be under way at a time; default 4. */
  public int maxSessions() {
    return maxSessions;
  }

  /** Returns how many times one transfer makes a lost connection again; default 5. */
  public int maxReconnects() {
    return maxReconnects;
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

  /** Returns who logs in, for messages. */
  String user() {
    return login == null ? "nobody" : login.user();
  }

  /** Returns {@code host:port}. */
  public String endpoint() {
    return bracketed() + ":" + port;
  }

  /** Returns the origin (RFC 6454 6.2): scheme, host and, unless it is the scheme's own, port. */
  String origin() {
    boolean usual = port == (https ? 443 : 80);
    return (https ? "https://" : "http://") + bracketed() + (usual ? "" : ":" + port);
  }

  private String bracketed() {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }

  @Override
  public String toString() {
    return origin();
  }

  /** Collects settings. */
  public static final class Builder {
    private @Nullable String host;
    private int port;
    private boolean https = true;
    private @Nullable HttpLogin login;
    private boolean loginInTheClear;
    private @Nullable ServerTrust trust;
    private Publishing publishing = Publishing.AUTO;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration replyTimeout = Duration.ofSeconds(30);
    private Duration idleTimeout = Duration.ofSeconds(30);
    private int maxSessions = 4;
    private int maxReconnects = 5;
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

    /** Sets whether TLS is spoken. */
    public Builder https(boolean value) {
      this.https = value;
      return this;
    }

    /** Sets who logs in. */
    public Builder login(HttpLogin value) {
      this.login = Objects.requireNonNull(value);
      return this;
    }

    /** Allows a login without TLS to a server that is not this machine; default false. */
    public Builder loginInTheClear(boolean value) {
      this.loginInTheClear = value;
      return this;
    }

    /** Sets what makes the server believed: authorities of a file, or its key. */
    public Builder trust(ServerTrust value) {
      this.trust = Objects.requireNonNull(value);
      return this;
    }

    /** Sets how uploads get their names. */
    public Builder publishing(Publishing value) {
      this.publishing = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the longest wait for a connection. */
    public Builder connectTimeout(Duration value) {
      this.connectTimeout = positive(value);
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
     * Sets how many transfers may be under way at a time.
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

    /** Sets how to wait, between reconnects and where the server asks for it. */
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
     * @throws NullPointerException if the host is missing
     * @throws IllegalArgumentException if the host is no name or address, or a login would travel
     *     in the clear and was not allowed to
     */
    public HttpSite build() {
      return new HttpSite(this);
    }
  }
}
