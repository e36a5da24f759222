package io.waybill.mail.oauth;

import io.waybill.mail.AccessToken;
import java.time.Duration;
import java.time.Instant;

/**
 * Holds a token and when to ask for the next one.
 *
 * @param token the token
 * @param refreshAt a minute before it expires, or a tenth of its lifetime if that is less
 */
record IssuedToken(AccessToken token, Instant refreshAt) {
  private static final Duration EARLY = Duration.ofSeconds(60);

  /** Counts from the moment of the request: the provider may have counted from there. */
  static IssuedToken of(TokenResponse response, Instant askedAt) throws TokenFailure {
    Duration lifetime = response.lifetime();
    Duration tenth = lifetime.dividedBy(10);
    Instant expiresAt = askedAt.plus(lifetime);
    return new IssuedToken(
        new AccessToken(response.accessToken(), expiresAt),
        expiresAt.minus(tenth.compareTo(EARLY) < 0 ? tenth : EARLY));
  }

  boolean isFresh(Instant now) {
    return now.isBefore(refreshAt);
  }

  boolean isUsable(Instant now) {
    return now.isBefore(token.expiresAt());
  }
}
