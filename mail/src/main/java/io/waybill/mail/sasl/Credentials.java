package io.waybill.mail.sasl;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Refuses user names and passwords that no mechanism can carry, and turns the others to bytes. */
final class Credentials {
  private Credentials() {}

  /**
   * Returns the text if it is neither missing nor empty, and holds no NUL and no half character.
   */
  static String require(String what, @Nullable String text) throws SaslException {
    if (text == null || text.isEmpty()) {
      throw new SaslException("the " + what + " is empty; look at where it comes from");
    }
    if (text.indexOf('\0') >= 0) {
      throw new SaslException("the " + what + " holds NUL, which no login can carry");
    }
    utf8(what, text);
    return text;
  }

  static byte[] utf8(String what, String text) throws SaslException {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return copy;
    } catch (CharacterCodingException e) {
      // The cause is left out: it can tell nothing but where a password is broken.
      throw new SaslException("the " + what + " holds a lone surrogate, which is no character");
    }
  }
}
