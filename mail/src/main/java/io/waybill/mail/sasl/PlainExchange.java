package io.waybill.mail.sasl;

/** Shows user and password as they are (RFC 4616): NUL, user, NUL, password. */
final class PlainExchange extends ClientFirst {
  static final String NAME = "PLAIN";

  PlainExchange(String user, String password) throws SaslException {
    super(NAME, Credentials.utf8("user or password", "\0" + user + "\0" + password));
  }

  @Override
  byte[] next(byte[] challenge) throws SaslException {
    throw Challenges.oneTooMany(NAME);
  }
}
