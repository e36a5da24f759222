package io.waybill.mail;

import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Describes one account at one server: where it is, how the connection is protected, who logs in.
 *
 * <p>The password is asked of its supplier at each login and stored nowhere; {@link #toString()}
 * shows no secret.
 */
public final class MailAccount {
  private final String host;
  private final int port;
  private final MailSecurity security;
  private final @Nullable String user;
  private final @Nullable Supplier<String> password;
  private final @Nullable TokenSource tokens;
  private final @Nullable String mechanism;
  private final String ehloName;
  private final SocketFactory socketFactory;
  private final @Nullable SSLContext sslContext;
  private final Duration connectTimeout;
  private final Duration commandTimeout;
  private final Duration dataReplyTimeout;
  private final Duration writeTimeout;
  private final SendLimits limits;
  private final UnaryOperator<Socket> tap;
  private final boolean isCompressed;

  private MailAccount(Builder builder) {
    if (builder.host.isEmpty()) {
      throw new IllegalArgumentException("host is missing");
    }
    boolean hasSecret = builder.password != null || builder.tokens != null;
    if ((builder.user != null) != hasSecret) {
      throw new IllegalArgumentException("a user and a password or tokens need each other");
    }
    if (builder.password != null && builder.tokens != null) {
      throw new IllegalArgumentException("password and tokens are two ways to log in: set one");
    }
    host = builder.host;
    port = builder.port;
    security = builder.security;
    user = builder.user;
    password = builder.password;
    tokens = builder.tokens;
    mechanism = builder.mechanism;
    ehloName = builder.ehloName;
    socketFactory = builder.socketFactory;
    sslContext = builder.sslContext;
    connectTimeout = builder.connectTimeout;
    commandTimeout = builder.commandTimeout;
    dataReplyTimeout = builder.dataReplyTimeout;
    writeTimeout = builder.writeTimeout;
    limits = builder.limits;
    tap = builder.tap;
    isCompressed = builder.isCompressed;
  }

  /** Starts an account whose connection is protected by implicit TLS. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the server's name or address. */
  public String host() {
    return host;
  }

  /** Returns the port; empty means the usual one of the protocol and security. */
  public OptionalInt port() {
    return port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
  }

  /** Returns how the connection is protected. */
  public MailSecurity security() {
    return security;
  }

  /** Returns the login name; empty means that nobody logs in. */
  public Optional<String> user() {
    return Optional.ofNullable(user);
  }

  /** Returns the source of the password, if that is how the user logs in. */
  public Optional<Supplier<String>> password() {
    return Optional.ofNullable(password);
  }

  /** Returns the source of access tokens, if that is how the user logs in. */
  public Optional<TokenSource> tokens() {
    return Optional.ofNullable(tokens);
  }

  /** Returns the one SASL mechanism to log in with; empty means the best that the server offers. */
  public Optional<String> mechanism() {
    return Optional.ofNullable(mechanism);
  }

  /** Returns the name that EHLO presents; the default is the address literal of the loopback. */
  public String ehloName() {
    return ehloName;
  }

  /** Returns where unconnected sockets come from. */
  public SocketFactory socketFactory() {
    return socketFactory;
  }

  /** Returns the TLS settings; empty means those of the platform. */
  public Optional<SSLContext> sslContext() {
    return Optional.ofNullable(sslContext);
  }

  /** Returns the longest wait for a TCP connection; the default is 15 s. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** Returns the longest wait for an answer to a command; the default is 60 s. */
  public Duration commandTimeout() {
    return commandTimeout;
  }

  /** Returns the longest wait for the answer to the final dot; the default is 5 min. */
  public Duration dataReplyTimeout() {
    return dataReplyTimeout;
  }

  /** Returns the longest wait for the peer to take any bytes; the default is 60 s. */
  public Duration writeTimeout() {
    return writeTimeout;
  }

  /** Returns what sending is bounded by. */
  public SendLimits limits() {
    return limits;
  }

  /**
   * Returns what is given each socket on which the protocol is spoken in clear, TLS already taken
   * off, and returns the one to use: for a trace, which hides what logs in.
   */
  public UnaryOperator<Socket> tap() {
    return tap;
  }

  /**
   * Returns whether what is read is deflated on the way, where the server can; false if not set.
   */
  public boolean isCompressed() {
    return isCompressed;
  }

  @Override
  public String toString() {
    return "MailAccount["
        + (user == null ? "" : user + " at ")
        + host
        + (port == 0 ? "" : ":" + port)
        + " "
        + security
        + "]";
  }

  /** Builds a {@link MailAccount}. */
  public static final class Builder {
    private String host = "";
    private int port;
    private MailSecurity security = MailSecurity.IMPLICIT_TLS;
    private @Nullable String user;
    private @Nullable Supplier<String> password;
    private @Nullable TokenSource tokens;
    private @Nullable String mechanism;
    private String ehloName = "[127.0.0.1]";
    private SocketFactory socketFactory = SocketFactory.getDefault();
    private @Nullable SSLContext sslContext;
    private Duration connectTimeout = Duration.ofSeconds(15);
    private Duration commandTimeout = Duration.ofSeconds(60);
    private Duration dataReplyTimeout = Duration.ofMinutes(5);
    private Duration writeTimeout = Duration.ofSeconds(60);
    private SendLimits limits = SendLimits.defaults();
    private UnaryOperator<Socket> tap = UnaryOperator.identity();
    private boolean isCompressed;

    private Builder() {}

    /** Sets the server's name or address; required. */
    public Builder host(String nameOrAddress) {
      host = FieldText.require("host", nameOrAddress).strip();
      return this;
    }

    /** Sets the port, 1 to 65535. */
    public Builder port(int number) {
      if (number < 1 || number > 65535) {
        throw new IllegalArgumentException("port " + number + " is not within 1 to 65535");
      }
      port = number;
      return this;
    }

    /**
     * Sets the protection; {@link MailSecurity#PLAINTEXT} is never chosen unless it is set here.
     */
    public Builder security(MailSecurity kind) {
      security = kind;
      return this;
    }

    /** Sets the login name; needs {@link #password} or {@link #tokens}. */
    public Builder user(String name) {
      user = FieldText.require("user", name);
      return this;
    }

    /** Sets the source of the password, asked at each login. */
    public Builder password(Supplier<String> source) {
      password = source;
      return this;
    }

    /** Sets the source of access tokens (OAuth 2), asked at each login. */
    public Builder tokens(TokenSource source) {
      tokens = source;
      return this;
    }

    /**
     * Sets the one SASL mechanism to log in with, such as {@code LOGIN}, whatever else the server
     * offers.
     *
     * @throws MailException.InvalidMessage if that is no mechanism's name
     */
    public Builder mechanism(String name) {
      if (!name.matches("[A-Za-z0-9_-]{1,20}")) {
        throw new MailException.InvalidMessage("mechanism", -1, "is not the name of one");
      }
      mechanism = name.toUpperCase(Locale.ROOT);
      return this;
    }

    /** Sets the name that EHLO presents: this machine's full domain name or an address literal. */
    public Builder ehloName(String name) {
      if (FieldText.require("ehlo name", name).isBlank() || name.indexOf(' ') >= 0) {
        throw new MailException.InvalidMessage("ehlo name", -1, "is not a domain or literal");
      }
      ehloName = name;
      return this;
    }

    /** Sets where unconnected sockets come from; proxies, traces and cancellation live there. */
    public Builder socketFactory(SocketFactory factory) {
      socketFactory = factory;
      return this;
    }

    /** Sets the TLS settings, for instance a private certificate authority. */
    public Builder sslContext(SSLContext context) {
      sslContext = context;
      return this;
    }

    /** Sets the longest wait for a TCP connection. */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = positive(timeout);
      return this;
    }

    /** Sets the longest wait for an answer to a command. */
    public Builder commandTimeout(Duration timeout) {
      commandTimeout = positive(timeout);
      return this;
    }

    /** Sets the longest wait for the answer to the final dot. */
    public Builder dataReplyTimeout(Duration timeout) {
      dataReplyTimeout = positive(timeout);
      return this;
    }

    /** Sets the longest wait for the peer to take any bytes. */
    public Builder writeTimeout(Duration timeout) {
      writeTimeout = positive(timeout);
      return this;
    }

    /** Sets what sending is bounded by. */
    public Builder limits(SendLimits bounds) {
      limits = bounds;
      return this;
    }

    /** Sets what wraps each socket on which the protocol is spoken in clear. */
    public Builder tap(UnaryOperator<Socket> wrapper) {
      tap = wrapper;
      return this;
    }

    /**
     * Asks for less on the wire for more work at both ends (IMAP COMPRESS): for slow lines. A tap
     * sees it deflated.
     */
    public Builder compressed(boolean wanted) {
      isCompressed = wanted;
      return this;
    }

    /**
     * Returns the account.
     *
     * @throws IllegalArgumentException if the host is missing, or the user and what proves it do
     *     not come together
     */
    public MailAccount build() {
      return new MailAccount(this);
    }

    private static Duration positive(Duration timeout) {
      if (timeout.toMillis() < 1 || timeout.toMillis() > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "timeout " + timeout + " is not within 1 ms and 24 days");
      }
      return timeout;
    }
  }
}
