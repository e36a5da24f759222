package io.waybill.mail.sasl;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bounds what a server may say within a login. */
final class Challenges {
  private Challenges() {}

  static void requireBounded(byte[] challenge) throws SaslException {
    if (challenge.length > SaslExchange.MAX_CHALLENGE_BYTES) {
      throw new SaslException(
          "the server's challenge has "
              + challenge.length
              + " bytes, more than the "
              + SaslExchange.MAX_CHALLENGE_BYTES
              + " that a login can need");
    }
  }

  static String text(byte[] challenge) throws SaslException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(challenge)).toString();
    } catch (CharacterCodingException e) {
      throw new SaslException("the server's challenge is not UTF-8 text");
    }
  }

  static SaslException oneTooMany(String mechanism) {
    return new SaslException("the server goes on asking after " + mechanism + " has said it all");
  }
}
