package io.waybill.mail;

/**
 * Gives the access tokens that a login needs; asked at each connection. Safe for use by several
 * threads.
 *
 * <p>{@code io.waybill.mail.oauth} has one for the usual grants; an embedder's own plugs in here.
 */
public interface TokenSource {
  /**
   * Returns a token that will be good for a while, asking for a new one where needed.
   *
   * @throws MailException.AuthenticationFailed if none is to be had
   */
  AccessToken token();

  /**
   * Hears that a server refused a token although it has not expired; the next one asked for is
   * another.
   */
  void invalidate(AccessToken refused);
}
