package io.waybill.mail.sasl;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Answers one challenge with its keyed digest (RFC 2195): the password stays here. */
final class CramMd5Exchange implements SaslExchange {
  static final String NAME = "CRAM-MD5";

  private final String user;
  private final byte[] password;
  private boolean answered;

  CramMd5Exchange(String user, String password) throws SaslException {
    this.user = user;
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
    if (answered) {
      throw Challenges.oneTooMany(NAME);
    }
    if (challenge.length == 0) {
      // The digest of nothing would be good for every later login.
      throw new SaslException("the server's challenge for CRAM-MD5 is empty");
    }
    answered = true;
    return (user + " " + digest(challenge)).getBytes(StandardCharsets.UTF_8);
  }

  private String digest(byte[] challenge) {
    try {
      Mac mac = Mac.getInstance("HmacMD5");
      mac.init(new SecretKeySpec(password, "HmacMD5"));
      return HexFormat.of().formatHex(mac.doFinal(challenge));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform here has HmacMD5", e);
    }
  }

  @Override
  public String toString() {
    return NAME;
  }
}
