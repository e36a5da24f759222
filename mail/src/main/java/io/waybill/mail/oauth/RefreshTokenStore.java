package io.waybill.mail.oauth;

import java.io.IOException;
import java.util.Optional;

/**
 * Keeps the refresh token of one account: many providers give a new one with each access token, and
 * take the old one no more. {@link RefreshTokenFile} is one; an embedder's vault can be another.
 *
 * <p>Called by one thread at a time for each {@link OAuth2TokenSource}; two sources, or two
 * processes, that share a store are for the store to keep apart.
 */
public interface RefreshTokenStore {
  /**
   * Returns the token saved last, or the one that somebody put there; empty if there is none yet.
   *
   * @throws IOException if it cannot be read, or could be read by others
   */
  Optional<String> load() throws IOException;

  /**
   * Keeps the token instead of the one before; returns only when it will survive a crash.
   *
   * @throws IOException if it cannot be kept; the one before is then still there
   */
  void save(String token) throws IOException;
}
