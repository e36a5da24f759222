package io.waybill.transfer.sftp;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.remote.Sleeper;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** Where an SFTP server is, who logs in, and how long to wait for it. */
public final class SftpServer {
  private final String host;
  private final int port;
  private final String user;
  private final Optional<Supplier<String>> password;
  private final Optional<Path> privateKey;
  private final Optional<Supplier<String>> passphrase;
  private final Optional<Path> agent;
  private final HostKeyTrust trust;
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

  private SftpServer(Builder builder) {
    this.host = Objects.requireNonNull(builder.host, "host");
    this.port = builder.port;
    this.user = Objects.requireNonNull(builder.user, "user");
    this.password = Optional.ofNullable(builder.password);
    this.privateKey = Optional.ofNullable(builder.privateKey);
    this.passphrase = Optional.ofNullable(builder.passphrase);
    this.agent = Optional.ofNullable(builder.agent);
    this.trust = builder.trust;
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

  /** Starts with the defaults; host, user and something to log in with are required. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the host name or address. */
  public String host() {
    return host;
  }

  /** Returns the port; default 22. */
  public int port() {
    return port;
  }

  /** Returns who logs in. */
  public String user() {
    return user;
  }

  Optional<Supplier<String>> password() {
    return password;
  }

  /** Returns the file of the key that the user logs in with. */
  public Optional<Path> privateKey() {
    return privateKey;
  }

  Optional<Supplier<String>> passphrase() {
    return passphrase;
  }

  /** Returns the socket of the agent that holds the user's keys. */
  public Optional<Path> agent() {
    return agent;
  }

  /** Returns which host keys are believed; default {@link HostKeyTrust#userKnownHosts()}. */
  public HostKeyTrust trust() {
    return trust;
  }

  /** Returns the longest wait for a connection; default 10 s. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** Returns the longest time from the connection to the login; default 20 s. */
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
    return "sftp://***@" + endpoint();
  }

  /** Collects settings. */
  public static final class Builder {
    private @Nullable String host;
    private int port = 22;
    private @Nullable String user;
    private @Nullable Supplier<String> password;
    private @Nullable Path privateKey;
    private @Nullable Supplier<String> passphrase;
    private @Nullable Path agent;
    private HostKeyTrust trust = HostKeyTrust.userKnownHosts();
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

    /** Sets who logs in, by a key. */
    public Builder user(String value) {
      this.user = value;
      return this;
    }

    /** Sets who logs in by a password, tried after the keys if there are any. */
    public Builder credentials(Credentials value) {
      this.user = value.user();
      this.password = value.secret();
      return this;
    }

    /**
     * Sets the file of an unencrypted private key: Ed25519, ECDSA or RSA, in the format of OpenSSH,
     * PKCS#8 or PEM. Only its owner may be able to read it.
     */
    public Builder privateKey(Path file) {
      this.privateKey = Objects.requireNonNull(file);
      this.passphrase = null;
      return this;
    }

    /** Sets the file of a private key, and what it is encrypted with; asked for at each login. */
    public Builder privateKey(Path file, Supplier<String> secret) {
      this.privateKey = Objects.requireNonNull(file);
      this.passphrase = Objects.requireNonNull(secret);
      return this;
    }

    /** Sets the socket of an ssh-agent whose keys are offered: {@code $SSH_AUTH_SOCK}. */
    public Builder agent(Path socket) {
      this.agent = Objects.requireNonNull(socket);
      return this;
    }

    /** Sets which host keys are believed. */
    public Builder trust(HostKeyTrust value) {
      this.trust = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the longest wait for a connection. */
    public Builder connectTimeout(Duration value) {
      this.connectTimeout = positive(value);
      return this;
    }

    /** Sets the longest time from the connection to the login. */
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

    /** Sets what makes the sockets. */
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
     * @throws NullPointerException if host or user are missing
     * @throws IllegalStateException if there is nothing to log in with
     */
    public SftpServer build() {
      if (password == null && privateKey == null && agent == null) {
        throw new IllegalStateException("No password, private key or agent to log in with");
      }
      return new SftpServer(this);
    }
  }
}
