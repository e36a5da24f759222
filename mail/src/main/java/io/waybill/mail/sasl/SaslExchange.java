package io.waybill.mail.sasl;

import io.waybill.mail.AccessToken;
import java.util.Optional;

/**
 * Speaks the client's half of one login (RFC 4422 3). Not for use by several threads.
 *
 * <p>All bytes are raw: the protocol puts them into base64. Nothing here shows a secret in {@link
 * Object#toString()} or in an exception.
 */
public interface SaslExchange {
  /** The longest challenge that is looked at, in bytes; no mechanism spoken here needs as much. */
  int MAX_CHALLENGE_BYTES = 8 * 1024;

  /** Returns the name of the mechanism, in capitals. */
  String mechanism();

  /**
   * Returns what the client says before any challenge; empty means that the server speaks first.
   *
   * <p>Where it does not fit behind the command that begins the login (RFC 4954 4 bounds the line),
   * the command goes out without it, and {@link #respond} turns the empty challenge into it.
   */
  Optional<byte[]> initialResponse();

  /**
   * Returns the answer to a challenge, which may be empty.
   *
   * @throws SaslException if the challenge makes no sense here, is too long, or is one too many;
   *     the login must then be given up
   */
  byte[] respond(byte[] challenge) throws SaslException;

  /**
   * Returns whether the server may be believed when it says that the login succeeded: false while
   * the proof that a mechanism demands of it is outstanding.
   */
  default boolean isVerified() {
    return true;
  }

  /**
   * Returns why the server is about to refuse, where it said so within the exchange: one line, cut
   * to a few hundred characters, without secrets.
   */
  default Optional<String> complaint() {
    return Optional.empty();
  }

  /**
   * Returns the access token that this login shows, for {@link
   * io.waybill.mail.TokenSource#invalidate} when the server refuses it; empty for passwords.
   */
  default Optional<AccessToken> token() {
    return Optional.empty();
  }
}
