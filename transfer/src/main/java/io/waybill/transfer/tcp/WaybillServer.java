package io.waybill.transfer.tcp;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.WireTap;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** Where a {@code waybill:} server is, and how to talk to it. */
public final class WaybillServer {
  private final String host;
  private final int port;
  private final Credentials credentials;
  private final Duration connectTimeout;
  private final Duration loginTimeout;
  private final Duration idleTimeout;
  private final SocketFactory socketFactory;
  private final Backoff backoff;
  private final InstantSource clock;
  private final WireTap tap;

  private WaybillServer(Builder builder) {
    this.host = builder.host;
    this.port = builder.port;
    this.credentials = Objects.requireNonNull(builder.credentials, "credentials");
    this.connectTimeout = builder.connectTimeout;
    this.loginTimeout = builder.loginTimeout;
    this.idleTimeout = builder.idleTimeout;
    this.socketFactory = builder.socketFactory;
    this.backoff = builder.backoff;
    this.clock = builder.clock;
    this.tap = builder.tap;
  }

  /** Starts the description of the server at {@code host:port}; credentials are required. */
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

  /** Returns who logs in. */
  public Credentials credentials() {
    return credentials;
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

  WireTap tap() {
    return tap;
  }

  /** Returns {@code host:port}. */
  public String endpoint() {
    return host + ":" + port;
  }

  @Override
  public String toString() {
    return "WaybillServer[" + endpoint() + " user=" + credentials.user() + "]";
  }

  /** Describes a server. */
  public static final class Builder {
    private final String host;
    private final int port;
    private @Nullable Credentials credentials;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration loginTimeout = Duration.ofSeconds(20);
    private Duration idleTimeout = Duration.ofSeconds(30);
    private SocketFactory socketFactory = new ChannelSockets();
    private Backoff backoff = Backoff.builder().build();
    private InstantSource clock = InstantSource.system();
    private WireTap tap = WireTap.NONE;

    private Builder(String host, int port) {
      this.host = Objects.requireNonNull(host, "host");
      this.port = port;
    }

    /** Sets who logs in. */
    public Builder credentials(Credentials value) {
      this.credentials = Objects.requireNonNull(value);
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

    /** Sets what is told of every frame; the default is nobody. */
    public Builder tap(WireTap value) {
      this.tap = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Builds the description.
     *
     * @throws NullPointerException if the credentials are missing
     */
    public WaybillServer build() {
      return new WaybillServer(this);
    }
  }
}
