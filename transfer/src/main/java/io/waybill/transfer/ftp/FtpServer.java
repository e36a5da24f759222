package io.waybill.transfer.ftp;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.remote.RemoteTerms;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.util.Objects;
import java.util.Optional;
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
  private final RemoteTerms terms;

  private FtpServer(Builder builder) {
    this.terms = builder.terms();
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
    return (protection.isTls() ? "ftps" : "ftp") + "://***@" + endpoint();
  }

  /** Collects settings. */
  public static final class Builder extends RemoteTerms.Builder<Builder> {
    private @Nullable String host;
    private int port;
    private Protection protection = Protection.NONE;
    private TlsVersions tlsVersions = TlsVersions.AUTO;
    private @Nullable ServerTrust trust;
    private @Nullable Identity identity;
    private @Nullable Credentials credentials;

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
