package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.MailLogin.Issuer;
import io.waybill.jobs.MailLogin.OAuth;
import io.waybill.mail.TokenSource;
import io.waybill.mail.oauth.OAuth2TokenSource;
import io.waybill.mail.oauth.RefreshTokenFile;
import io.waybill.mail.oauth.RefreshTokenStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Gets the access tokens of a configuration's connections, and keeps the refresh tokens that
 * providers hand out anew: one file for each connection.
 */
public final class MailTokens {
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");

  private final Supplier<Path> directory;
  private final Clock clock;
  private final Map<String, TokenSource> sources = new ConcurrentHashMap<>();

  /**
   * Prepares.
   *
   * @param directory which exists, and only its owner can look into it; asked when a token is
   *     needed
   * @param clock by which tokens expire
   */
  public MailTokens(Supplier<Path> directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * Returns the source of the tokens of a connection, one for all its logins; nobody is asked yet.
   */
  TokenSource source(Connection connection, String user, OAuth oauth) {
    return sources.computeIfAbsent(connection.name(), name -> newSource(connection, user, oauth));
  }

  private TokenSource newSource(Connection connection, String user, OAuth oauth) {
    OAuth2TokenSource.Builder source = builder(connection, oauth.issuer()).clock(clock);
    source.clientId(oauth.client().id()).user(user);
    oauth.client().secret().ifPresent(source::clientSecret);
    oauth
        .refreshToken()
        .ifPresentOrElse(
            first -> source.refreshToken(new Kept(connection.name(), first)),
            source::clientCredentials);
    oauth.scope().ifPresent(source::scope);
    return source.build();
  }

  private static OAuth2TokenSource.Builder builder(Connection connection, Issuer issuer) {
    if (issuer instanceof Issuer.Google) {
      return OAuth2TokenSource.google();
    }
    if (issuer instanceof Issuer.Microsoft microsoft) {
      return connection instanceof Connection.Mailbox
          ? OAuth2TokenSource.microsoftImap(microsoft.tenant())
          : OAuth2TokenSource.microsoft(microsoft.tenant());
    }
    return OAuth2TokenSource.builder(((Issuer.Endpoint) issuer).uri());
  }

  private final class Kept implements RefreshTokenStore {
    private final String connection;
    private final Supplier<String> first;

    Kept(String connection, Supplier<String> first) {
      if (!FILE_NAME.matcher(connection).matches()) {
        throw new IllegalArgumentException(
            "no file can be called as a connection is: " + connection);
      }
      this.connection = connection;
      this.first = first;
    }

    @Override
    public Optional<String> load() throws IOException {
      return file().load();
    }

    @Override
    public void save(String token) throws IOException {
      file().save(token);
    }

    private RefreshTokenFile file() {
      return RefreshTokenFile.of(directory.get().resolve(connection + ".token"), first);
    }

    @Override
    public String toString() {
      return file().toString();
    }
  }
}
