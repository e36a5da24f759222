package io.waybill.mail.sasl;

import java.util.Optional;

/**
 * Answers two questions, whatever their words, with the user and the password
 * (draft-murchison-sasl-login-00): servers ask {@code Username:}, {@code User Name} and more.
 */
final class LoginExchange implements SaslExchange {
  static final String NAME = "LOGIN";

  private final byte[] user;
  private final byte[] password;
  private int answered;

  LoginExchange(String user, String password) throws SaslException {
    this.user = Credentials.utf8("user", user);
    this.password = Credentials.utf8("password", password);
  }

  @Override
  public String mechanism() {
    return NAME;
  }

  @Override
  public Optional<byte[]> initialResponse() {
    return Optional.empty();
  }

  @Override
  public byte[] respond(byte[] challenge) throws SaslException {
    Challenges.requireBounded(challenge);
    answered++;
    return switch (answered) {
      case 1 -> user.clone();
      case 2 -> password.clone();
      default -> throw Challenges.oneTooMany(NAME);
    };
  }

  @Override
  public String toString() {
    return NAME;
  }
}
