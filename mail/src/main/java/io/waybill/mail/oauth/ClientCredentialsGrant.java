package io.waybill.mail.oauth;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;

/** Lets the client act for itself (RFC 6749 4.4). */
final class ClientCredentialsGrant implements TokenGrant {
  private final TokenEndpoint endpoint;
  private final Clock clock;

  ClientCredentialsGrant(TokenEndpoint endpoint, Clock clock) {
    this.endpoint = endpoint;
    this.clock = clock;
  }

  @Override
  public IssuedToken obtain() throws TokenFailure {
    Instant askedAt = clock.instant();
    return IssuedToken.of(endpoint.ask(Map.of("grant_type", "client_credentials"), ""), askedAt);
  }
}
