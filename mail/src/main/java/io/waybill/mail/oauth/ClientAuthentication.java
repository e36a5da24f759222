package io.waybill.mail.oauth;

/** How the client shows its secret to the token endpoint (RFC 6749 2.3.1). */
public enum ClientAuthentication {
  /** As {@code client_secret} in the form; what Google and Microsoft document. */
  POST,
  /** As HTTP Basic, which every provider must take. */
  BASIC
}
