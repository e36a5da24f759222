package io.waybill.mail.oauth;

import io.waybill.mail.AccessToken;
import io.waybill.mail.MailException;
import io.waybill.mail.TokenSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gets access tokens from a provider by a refresh token (RFC 6749 6) or by the client's own
 * credentials (RFC 6749 4.4), and keeps each until shortly before it expires: a minute, or a tenth
 * of its lifetime if that is less. Safe for use by several threads, of which one asks for all.
 *
 * <p>A refusal that will not pass by itself is remembered for five minutes, in which the provider
 * is not asked again. No secret is in any exception, log or {@link #toString()}.
 */
public final class OAuth2TokenSource implements TokenSource {
  private final String server;
  private final String clientId;
  private final TokenCache cache;

  private OAuth2TokenSource(Builder builder) {
    server = builder.server();
    clientId = builder.clientId;
    TokenEndpoint endpoint = builder.tokenEndpoint();
    TokenGrant grant =
        builder.store == null
            ? new ClientCredentialsGrant(endpoint, builder.clock)
            : new RefreshGrant(endpoint, builder.store, builder.clock);
    // A refresh token that another process has used up makes for a second request; then the store.
    Duration longestWait = builder.timeout.multipliedBy(2).plusSeconds(15);
    String user = builder.user.isEmpty() ? clientId : builder.user;
    cache = new TokenCache(grant, server, user, longestWait, builder.clock);
  }

  /**
   * Starts a source at any provider.
   *
   * @param endpoint the token endpoint: https, or http on this machine
   * @throws IllegalArgumentException if it is neither, or holds a user or a fragment
   */
  public static Builder builder(URI endpoint) {
    return new Builder(endpoint);
  }

  /** Starts a source for Gmail; a refresh token must be given, its scope all of a mailbox. */
  public static Builder google() {
    return new Builder(URI.create("https://oauth2.googleapis.com/token"))
        .scope("https://mail.google.com/");
  }

  /**
   * Starts a source for Exchange Online. The scope is sending over SMTP for a user's refresh token,
   * and all that the application was granted for client credentials.
   *
   * @param tenant the directory's id or domain, or {@code common}
   * @throws IllegalArgumentException if that can be no tenant
   */
  public static Builder microsoft(String tenant) {
    if (!tenant.matches("[A-Za-z0-9][A-Za-z0-9.-]{0,252}")) {
      throw new IllegalArgumentException("a tenant is an id or a domain name, and this is neither");
    }
    Builder builder =
        new Builder(
            URI.create("https://login.microsoftonline.com/" + tenant + "/oauth2/v2.0/token"));
    builder.refreshScope = "offline_access https://outlook.office.com/SMTP.Send";
    builder.clientScope = "https://outlook.office365.com/.default";
    return builder;
  }

  /**
   * Starts a source for Exchange Online as {@link #microsoft}, whose scope for a user's refresh
   * token is reading over IMAP.
   *
   * @param tenant the directory's id or domain, or {@code common}
   * @throws IllegalArgumentException if that can be no tenant
   */
  public static Builder microsoftImap(String tenant) {
    Builder builder = microsoft(tenant);
    builder.refreshScope = "offline_access https://outlook.office.com/IMAP.AccessAsUser.All";
    return builder;
  }

  /**
   * Returns the token at hand, or a new one; waits for it no longer than twice the request's
   * timeout and 15 s.
   *
   * @throws MailException.AuthenticationFailed if none is to be had; transient if the provider, the
   *     way to it or the store of a new refresh token may be better later
   * @throws MailException.Cancelled if this thread is interrupted while it waits
   */
  @Override
  public AccessToken token() {
    return cache.token();
  }

  @Override
  public void invalidate(AccessToken refused) {
    cache.invalidate(refused);
  }

  @Override
  public String toString() {
    return "OAuth2TokenSource[" + clientId + " at " + server + "]";
  }

  /** Builds an {@link OAuth2TokenSource}. */
  public static final class Builder {
    private static final Set<String> OWN =
        Set.of("grant_type", "client_id", "client_secret", "refresh_token", "scope");
    private static final Pattern LOOPBACK =
        Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

    private final URI endpoint;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private String clientId = "";
    private String user = "";
    private @Nullable Supplier<String> clientSecret;
    private ClientAuthentication authentication = ClientAuthentication.POST;
    private @Nullable RefreshTokenStore store;
    private boolean clientCredentials;
    private String refreshScope = "";
    private String clientScope = "";
    private Clock clock = Clock.systemUTC();
    private @Nullable HttpClient http;
    private Duration timeout = Duration.ofSeconds(30);

    private Builder(URI endpoint) {
      String scheme = endpoint.getScheme() == null ? "" : endpoint.getScheme();
      String host = endpoint.getHost();
      if (host == null || endpoint.getRawUserInfo() != null || endpoint.getRawFragment() != null) {
        throw new IllegalArgumentException(
            "a token endpoint is an address with a host, and without a user and a fragment");
      }
      boolean near = LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
      if (!scheme.equalsIgnoreCase("https") && !(near && scheme.equalsIgnoreCase("http"))) {
        throw new IllegalArgumentException(
            "secrets go to " + host + " over https only; http is for this machine");
      }
      this.endpoint = endpoint;
    }

    /** Sets the name that the provider knows this program by; required. */
    public Builder clientId(String id) {
      clientId = id;
      return this;
    }

    /** Sets who logs in by the tokens, as errors name him; the client id if not set. */
    public Builder user(String name) {
      user = name;
      return this;
    }

    /**
     * Sets the source of the client's secret, asked with each request; a public client has none.
     */
    public Builder clientSecret(Supplier<String> source) {
      clientSecret = source;
      return this;
    }

    /** Sets how the secret is shown; the default is {@link ClientAuthentication#POST}. */
    public Builder clientAuthentication(ClientAuthentication way) {
      authentication = way;
      return this;
    }

    /** Sets where the user's refresh token is kept; this or {@link #clientCredentials()}. */
    public Builder refreshToken(RefreshTokenStore where) {
      store = where;
      return this;
    }

    /** Lets the client act for itself; needs {@link #clientSecret}. */
    public Builder clientCredentials() {
      clientCredentials = true;
      return this;
    }

    /** Sets the scope, several parted by blanks; empty leaves it to the provider. */
    public Builder scope(String scopes) {
      refreshScope = scopes;
      clientScope = scopes;
      return this;
    }

    /**
     * Adds a field to each request, such as {@code audience}.
     *
     * @throws IllegalArgumentException if it is one that is set in another way
     */
    public Builder parameter(String name, String value) {
      if (OWN.contains(name)) {
        throw new IllegalArgumentException("the field " + name + " is not an extra one");
      }
      parameters.put(name, value);
      return this;
    }

    /** Sets the clock by which tokens expire. */
    public Builder clock(Clock source) {
      clock = source;
      return this;
    }

    /**
     * Sets the client to ask with, for a proxy or a certificate authority of one's own; the default
     * uses those of the platform and waits 15 s for a connection.
     *
     * @throws IllegalArgumentException if it follows redirects, which would carry secrets elsewhere
     */
    public Builder httpClient(HttpClient client) {
      if (client.followRedirects() != HttpClient.Redirect.NEVER) {
        throw new IllegalArgumentException("a client for secrets must not follow redirects");
      }
      http = client;
      return this;
    }

    /** Sets the longest wait for a whole answer, the connection included; the default is 30 s. */
    public Builder requestTimeout(Duration longest) {
      if (longest.toMillis() < 1 || longest.toMillis() > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "timeout " + longest + " is not within 1 ms and 24 days");
      }
      timeout = longest;
      return this;
    }

    /**
     * Returns the source; nobody is asked yet.
     *
     * @throws IllegalArgumentException if the client id is missing, or there is not one way alone
     *     to get tokens, with what it needs
     */
    public OAuth2TokenSource build() {
      if (clientId.isBlank() || clientId.chars().anyMatch(c -> c < ' ' || c > '~')) {
        throw new IllegalArgumentException("the client id is missing or not printable ASCII");
      }
      if ((store != null) == clientCredentials) {
        throw new IllegalArgumentException(
            "set a refresh token or client credentials, and not both");
      }
      if (clientCredentials && clientSecret == null) {
        throw new IllegalArgumentException("client credentials need the client's secret");
      }
      return new OAuth2TokenSource(this);
    }

    private TokenEndpoint tokenEndpoint() {
      Map<String, String> fields = new LinkedHashMap<>(parameters);
      String scope = store == null ? clientScope : refreshScope;
      if (!scope.isBlank()) {
        fields.put("scope", scope);
      }
      return new TokenEndpoint(
          endpoint, clientId, clientSecret, authentication, fields, http, timeout);
    }

    private String server() {
      int port = endpoint.getPort();
      if (port < 0) {
        port = "https".equalsIgnoreCase(endpoint.getScheme()) ? 443 : 80;
      }
      return endpoint.getHost() + ":" + port;
    }
  }
}
