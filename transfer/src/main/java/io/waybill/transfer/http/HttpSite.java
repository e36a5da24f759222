package io.waybill.transfer.http;

import io.waybill.transfer.remote.RemoteTerms;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where an HTTP server is, who logs in, whom to believe, and how long to wait for it. */
public final class HttpSite {
  private final String host;
  private final int port;
  private final boolean https;
  private final @Nullable HttpLogin login;
  private final @Nullable ServerTrust trust;
  private final Publishing publishing;
  private final RemoteTerms terms;

  private HttpSite(Builder builder) {
    this.terms = builder.terms();
    this.host = Objects.requireNonNull(builder.host, "host");
    this.https = builder.https;
    this.port = builder.port > 0 ? builder.port : https ? 443 : 80;
    this.login = builder.login;
    this.trust = builder.trust;
    this.publishing = builder.publishing;
    if (URI.create(origin()).getHost() == null) {
      throw new IllegalArgumentException("No host name that an address can have: " + host);
    }
    if (login != null && !https && !builder.loginInTheClear && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "A login over http:// can be read by everybody on the way to %s: use https, or allow a login in the clear"
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

  /** Returns who logs in, for messages. */
  String user() {
    return login == null ? "nobody" : login.user();
  }

  /**
   * Returns how long it is waited for, how many sessions it gets, how fast and which way they go.
   */
  public RemoteTerms terms() {
    return terms;
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
  public static final class Builder extends RemoteTerms.Builder<Builder> {
    private @Nullable String host;
    private int port;
    private boolean https = true;
    private @Nullable HttpLogin login;
    private boolean loginInTheClear;
    private @Nullable ServerTrust trust;
    private Publishing publishing = Publishing.AUTO;

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
