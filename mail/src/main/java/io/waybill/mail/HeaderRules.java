package io.waybill.mail;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Says what a caller may put into header fields of a message, and what the composer alone may. */
final class HeaderRules {
  static final int MAX_HEADERS = 1000;

  /** Room for the field's name on a line of 998 octets (RFC 5322 2.1.1). */
  private static final int MAX_WORD = 900;

  private static final int MAX_NAME = 76;
  private static final int MAX_ID = 900;

  private static final Set<String> OWN =
      Set.of(
          "from",
          "to",
          "cc",
          "bcc",
          "reply-to",
          "subject",
          "date",
          "message-id",
          "mime-version",
          "return-path",
          "received",
          "dkim-signature");

  private static final List<String> OWN_PREFIXES = List.of("content-", "resent-", "arc-");

  private HeaderRules() {}

  static Header header(String name, String value) {
    FieldText.requireOnly(
        "header name", name, c -> c > ' ' && c <= '~' && c != ':', "is not printable ASCII");
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw new MailException.InvalidMessage(
          "header name", -1, "is empty or longer than " + MAX_NAME + " characters");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    String field = "header " + name;
    if (OWN.contains(lower) || OWN_PREFIXES.stream().anyMatch(lower::startsWith)) {
      throw new MailException.InvalidMessage(
          field, -1, "is written by what composes or by servers, and cannot be given as a header");
    }
    return new Header(name, requireFoldable(field, FieldText.require(field, value)));
  }

  /** ASCII is folded at blanks only; anything else is encoded, and so folded anywhere. */
  private static String requireFoldable(String field, String value) {
    int word = 0;
    if (value.chars().anyMatch(c -> c > '~')) {
      return value;
    }
    for (int i = 0; i < value.length(); i++) {
      word = value.charAt(i) == ' ' ? 0 : word + 1;
      if (word > MAX_WORD) {
        throw new MailException.InvalidMessage(
            field, i, "cannot be folded: it has no blank within " + MAX_WORD + " characters");
      }
    }
    return value;
  }

  /** Returns an identifier of our own: {@code <left@right>} (RFC 5322 3.6.4). */
  static String messageId(String id) {
    String checked = reference("message-id", id);
    int at = checked.indexOf('@');
    if (at < 2 || at == checked.length() - 2 || at != checked.lastIndexOf('@')) {
      throw new MailException.InvalidMessage("message-id", -1, "does not look like <left@right>");
    }
    return checked;
  }

  /** Returns an identifier of somebody else, who may have left out the at sign. */
  static String reference(String field, String id) {
    FieldText.requireOnly(field, id, c -> c > ' ' && c <= '~', "holds what is not printable ASCII");
    boolean framed = id.startsWith("<") && id.endsWith(">");
    if (!framed || id.length() < 3 || id.length() > MAX_ID) {
      throw new MailException.InvalidMessage(field, -1, "does not look like <left@right>");
    }
    for (int i = 1; i < id.length() - 1; i++) {
      if (id.charAt(i) == '<' || id.charAt(i) == '>') {
        throw new MailException.InvalidMessage(field, i, "holds a second angle bracket");
      }
    }
    return id;
  }
}
