package io.waybill.mail.oauth;

/** Turns what an account was given into access tokens; used by one thread at a time. */
interface TokenGrant {
  /** Asks for a new token. */
  IssuedToken obtain() throws TokenFailure;
}
