package io.waybill.testkit;

/**
 * How a {@link ScriptedSmtpServer} plays its part of SCRAM-SHA-256 (RFC 5802). A client must refuse
 * all but the first.
 */
public enum ScramConduct {
  /** Proves that it knows the password. */
  HONEST,
  /** Signs with another key, as one who does not know the password. */
  WRONG_SIGNATURE,
  /** Says that the login succeeded, without any signature. */
  NO_SIGNATURE,
  /** Has a nonce that does not begin with the client's. */
  FOREIGN_NONCE,
  /** Asks for one iteration, so that the proof can be guessed from; RFC 7677 wants 4096. */
  ONE_ITERATION
}
