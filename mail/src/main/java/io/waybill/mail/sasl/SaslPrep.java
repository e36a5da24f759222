package io.waybill.mail.sasl;

import java.text.Normalizer;

/**
 * Prepares user names and passwords, so that the same characters typed on two keyboards are the
 * same bytes (RFC 4013, a profile of RFC 3454). The tables are those of Unicode 3.2; normalising is
 * done as the platform does it today, and characters newer than 3.2 may be used, as in queries.
 */
final class SaslPrep {
  private SaslPrep() {}

  static String prepare(String what, String text) throws SaslException {
    StringBuilder mapped = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> isSpace(c) || !isDropped(c))
        .forEach(c -> mapped.appendCodePoint(isSpace(c) ? ' ' : c));
    String normal = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
    if (normal.codePoints().anyMatch(SaslPrep::isProhibited)) {
      throw new SaslException(
          "the "
              + what
              + " holds a character that RFC 4013 forbids, such as a control or one of private use;"
              + " change it, or set another mechanism");
    }
    if (!isOneDirection(normal)) {
      throw new SaslException(
          "the "
              + what
              + " mixes writing from the left and from the right, which RFC 4013 forbids;"
              + " change it, or set another mechanism");
    }
    return Credentials.require(what, normal);
  }

  /** RFC 3454 table C.1.2: blanks that become the plain one, U+200B among them. */
  private static boolean isSpace(int c) {
    return c == 0xA0
        || c == 0x1680
        || within(c, 0x2000, 0x200B)
        || c == 0x202F
        || c == 0x205F
        || c == 0x3000;
  }

  /** RFC 3454 table B.1: what is mapped to nothing. */
  private static boolean isDropped(int c) {
    return c == 0xAD
        || c == 0x34F
        || c == 0x1806
        || within(c, 0x180B, 0x180D)
        || within(c, 0x200C, 0x200D)
        || c == 0x2060
        || within(c, 0xFE00, 0xFE0F)
        || c == 0xFEFF;
  }

  /** RFC 3454 tables C.1.2 and C.2.1 to C.9. */
  private static boolean isProhibited(int c) {
    return isSpace(c)
        || isControl(c)
        || isPrivateOrNone(c)
        || within(c, 0xD800, 0xDFFF)
        || within(c, 0xFFF9, 0xFFFD)
        || within(c, 0x2FF0, 0x2FFB)
        || within(c, 0x340, 0x341)
        || within(c, 0x200E, 0x200F)
        || within(c, 0x202A, 0x202E)
        || c == 0xE0001
        || within(c, 0xE0020, 0xE007F);
  }

  /** RFC 3454 tables C.2.1 and C.2.2. */
  private static boolean isControl(int c) {
    return c < 0x20
        || within(c, 0x7F, 0x9F)
        || c == 0x6DD
        || c == 0x70F
        || c == 0x180E
        || within(c, 0x200C, 0x200D)
        || within(c, 0x2028, 0x2029)
        || within(c, 0x2060, 0x2063)
        || within(c, 0x206A, 0x206F)
        || c == 0xFEFF
        || within(c, 0x1D173, 0x1D17A);
  }

  /** RFC 3454 tables C.3 and C.4. */
  private static boolean isPrivateOrNone(int c) {
    return Character.getType(c) == Character.PRIVATE_USE
        || within(c, 0xFDD0, 0xFDEF)
        || (c & 0xFFFE) == 0xFFFE;
  }

  /** RFC 3454 6: what is written from the right begins and ends so, and holds nothing from left. */
  private static boolean isOneDirection(String text) {
    if (text.codePoints().noneMatch(SaslPrep::isFromRight)) {
      return true;
    }
    return text.codePoints().noneMatch(c -> direction(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT)
        && isFromRight(text.codePointAt(0))
        && isFromRight(text.codePointBefore(text.length()));
  }

  private static boolean isFromRight(int c) {
    return direction(c) == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction(c) == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }

  private static byte direction(int c) {
    return Character.getDirectionality(c);
  }

  private static boolean within(int c, int first, int last) {
    return c >= first && c <= last;
  }
}
