package io.waybill.transfer.sftp;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.remote.RemoteTerms;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
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
  private final RemoteTerms terms;

  private SftpServer(Builder builder) {
    this.terms = builder.terms();
    this.host = Objects.requireNonNull(builder.host, "host");
    this.port = builder.port;
    this.user = Objects.requireNonNull(builder.user, "user");
    this.password = Optional.ofNullable(builder.password);
    this.privateKey = Optional.ofNullable(builder.privateKey);
    this.passphrase = Optional.ofNullable(builder.passphrase);
    this.agent = Optional.ofNullable(builder.agent);
    this.trust = builder.trust;
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

  /**
   * Returns how long it is waited for, how many sessions it gets, how fast and which way they go.
   */
  public RemoteTerms terms() {
    return terms;
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
  public static final class Builder extends RemoteTerms.Builder<Builder> {
    private @Nullable String host;
    private int port = 22;
    private @Nullable String user;
    private @Nullable Supplier<String> password;
    private @Nullable Path privateKey;
    private @Nullable Supplier<String> passphrase;
    private @Nullable Path agent;
    private HostKeyTrust trust = HostKeyTrust.userKnownHosts();

    private Builder() {}

    @Override
    protected Builder self() {
      return this;
    }

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
