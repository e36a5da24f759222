package io.waybill.mail;

/** How a connection is protected; nothing ever falls back to a weaker kind. */
public enum MailSecurity {
  /** TLS from the first byte (RFC 8314). */
  IMPLICIT_TLS,
  /**
   * A plain greeting, then TLS before anything else is said; a server without STARTTLS is refused.
   */
  STARTTLS,
  /**
   * No protection. Credentials and content are readable on the way: only for loopback and tests.
   */
  PLAINTEXT
}
