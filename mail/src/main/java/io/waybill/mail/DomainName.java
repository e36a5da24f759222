package io.waybill.mail;

import java.net.IDN;
import java.text.Normalizer;

/**
 * Brings the domain of an address into the ASCII form that DNS and SMTP know (RFC 5890 2.3.2.1),
 * and refuses what is no host name.
 *
 * <p>The platform's IDNA is that of 2003, which turns {@code ß} into {@code ss} and {@code ς} into
 * {@code σ}: names that somebody else may own. Labels with these are encoded here as they are (RFC
 * 5891 5.5).
 */
final class DomainName {
  private static final int MAX_LABEL = 63;
  private static final int MAX_NAME = 253;
  private static final int FLAGS = IDN.USE_STD3_ASCII_RULES | IDN.ALLOW_UNASSIGNED;

  private DomainName() {}

  /**
   * Returns the domain in ASCII, otherwise as it was written.
   *
   * @throws MailException.InvalidMessage if a label is empty, too long, or holds what no host name
   *     may
   */
  static String ascii(String field, String domain) {
    StringBuilder name = new StringBuilder(domain.length());
    String label = "";
    for (int start = 0; start <= domain.length(); ) {
      int end = endOfLabel(domain, start);
      label = asciiLabel(field, domain.substring(start, end));
      if (start > 0) {
        name.append('.');
      }
      name.append(label);
      start = end + 1;
    }
    if (name.length() > MAX_NAME || label.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new MailException.InvalidMessage(
          field, -1, "has a domain that is too long, or whose last label is a number");
    }
    return name.toString();
  }

  /** IDNA takes three more characters for dots (RFC 3490 3.1). */
  private static int endOfLabel(String domain, int start) {
    for (int i = start; i < domain.length(); i++) {
      char c = domain.charAt(i);
      if (c == '.' || c == '\u3002' || c == '\uFF0E' || c == '\uFF61') {
        return i;
      }
    }
    return domain.length();
  }

  private static String asciiLabel(String field, String label) {
    String ascii = isAscii(label) ? label : encode(field, label);
    boolean fine =
        !ascii.isEmpty()
            && ascii.length() <= MAX_LABEL
            && ascii.charAt(0) != '-'
            && ascii.charAt(ascii.length() - 1) != '-';
    for (int i = 0; fine && i < ascii.length(); i++) {
      char c = ascii.charAt(i);
      fine = FieldText.isAlphanumeric(c) || c == '-';
    }
    if (!fine) {
      throw new MailException.InvalidMessage(
          field, -1, "has a domain with a label that is empty, too long or no host name");
    }
    return ascii;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static String encode(String field, String label) {
    if (label.indexOf('\u200C') >= 0 || label.indexOf('\u200D') >= 0) {
      // Whether a joiner may stand where it does takes tables that the platform lacks (RFC 5892 A).
      throw new MailException.InvalidMessage(
          field, -1, "has a domain with an invisible joiner: write that label in its xn-- form");
    }
    if (Character.getType(label.codePointAt(0)) == Character.NON_SPACING_MARK
        || !label.codePoints().allMatch(Character::isDefined)) {
      throw refused(field);
    }
    try {
      String lower = lowerCase(label);
      String common = lower.replace("ß", "ss").replace('ς', 'σ');
      String platform = IDN.toASCII(common.equals(lower) ? label : common, FLAGS);
      return common.equals(lower)
          ? platform
          : "xn--" + Punycode.encode(Normalizer.normalize(lower, Normalizer.Form.NFKC));
    } catch (IllegalArgumentException e) {
      throw refused(field);
    }
  }

  /** Each character for itself: the platform's own way makes a last sigma of any at the end. */
  private static String lowerCase(String label) {
    StringBuilder lower = new StringBuilder(label.length());
    label.codePoints().map(Character::toLowerCase).forEach(lower::appendCodePoint);
    return lower.toString();
  }

  private static MailException.InvalidMessage refused(String field) {
    return new MailException.InvalidMessage(field, -1, "has a domain that IDNA refuses");
  }
}
