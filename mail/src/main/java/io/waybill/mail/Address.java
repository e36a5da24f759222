package io.waybill.mail;

import com.sanctionco.jmail.Email;
import com.sanctionco.jmail.JMail;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names one mailbox, with the display name that people see when there is one.
 *
 * <p>An internationalised domain is kept in its ASCII form (RFC 5891). A local part may be in any
 * script (RFC 6531 3.3); it is kept in Unicode's composed form (NFC), and {@link #needsUtf8()} says
 * that only servers with SMTPUTF8 can take it. Two addresses are equal when their local parts are
 * identical and their domains are equal without regard to case.
 */
public final class Address {
  /** RFC 5321 4.5.3.1: a path has 256 octets, two of which are its brackets. */
  private static final int MAX_OCTETS = 254;

  private static final int MAX_LOCAL_OCTETS = 64;

  private final @Nullable String displayName;
  private final String localPart;
  private final String domain;
  private final boolean utf8;

  private Address(@Nullable String displayName, String localPart, String domain) {
    this.displayName = displayName;
    this.localPart = localPart;
    this.domain = domain;
    byte[] local = localPart.getBytes(StandardCharsets.UTF_8);
    this.utf8 = local.length != localPart.length();
    if (local.length > MAX_LOCAL_OCTETS || local.length + 1 + domain.length() > MAX_OCTETS) {
      throw new MailException.InvalidMessage("address", -1, "is longer than SMTP allows");
    }
  }

  /**
   * Returns the mailbox of a bare address such as {@code ops@example.org}.
   *
   * @throws MailException.InvalidMessage if the text is not one address, has a domain that is no
   *     host name, or holds a control, a character that turns text around or a lone surrogate
   */
  public static Address of(String address) {
    return of(null, address);
  }

  /**
   * Returns the mailbox of an address with a display name; an absent or blank name is no name.
   *
   * @throws MailException.InvalidMessage as {@link #of(String)}, for either part
   */
  public static Address of(@Nullable String displayName, String address) {
    FieldText.requireName("address", address);
    if (displayName != null) {
      FieldText.requireDisplayName("display name", displayName);
    }
    String name = displayName == null || displayName.isBlank() ? null : displayName.strip();
    int at = address.lastIndexOf('@');
    if (at <= 0 || address.length() > MAX_OCTETS) {
      throw notOne();
    }
    // Composed before it is checked: Unicode knows a question mark that composes to a semicolon.
    String local = Normalizer.normalize(address.substring(0, at), Normalizer.Form.NFC);
    if (local.charAt(0) == '"') {
      requireQuotedString(local);
    } else {
      requireDotAtom(local);
    }
    return new Address(name, local, domain(address.substring(at + 1)));
  }

  private static String domain(String domain) {
    if (!domain.startsWith("[")) {
      return DomainName.ascii("address", domain);
    }
    // The grammar of numeric addresses is a library's; what stands before the sign is not asked.
    return JMail.tryParse("x@" + domain)
        .filter(Email::isIpAddress)
        .map(email -> domain)
        .orElseThrow(Address::notOne);
  }

  /** RFC 5322 3.2.3, with any script by RFC 6532 3.2. */
  private static void requireDotAtom(String local) {
    boolean afterDot = true;
    for (int i = 0; i < local.length(); ) {
      int point = local.codePointAt(i);
      boolean dot = point == '.';
      boolean fine = point > '~' ? isOfName(point) : dot ? !afterDot : isAtom(point);
      if (!fine) {
        throw "@,;".indexOf(point) >= 0 ? several(i) : misplaced(i);
      }
      afterDot = dot;
      i += Character.charCount(point);
    }
    if (afterDot) {
      throw notOne();
    }
  }

  /** RFC 5322 3.2.4, with any script by RFC 6532 3.2. */
  private static void requireQuotedString(String local) {
    int last = local.length() - 1;
    for (int i = 1; i < last; ) {
      int point = local.codePointAt(i);
      if (point > '~' ? !isOfName(point) : point == '"' || (point == '\\' && ++i == last)) {
        throw misplaced(i);
      }
      i += Character.charCount(local.codePointAt(i));
    }
    if (last == 0 || local.charAt(last) != '"') {
      throw notOne();
    }
  }

  private static boolean isAtom(int c) {
    return FieldText.isAlphanumeric(c) || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
  }

  /** Letters, marks, digits and symbols of any script; the joiners, which Indic scripts need. */
  private static boolean isOfName(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.FORMAT -> point == 0x200C || point == 0x200D;
      default -> true;
    };
  }

  private static MailException.InvalidMessage misplaced(int position) {
    return new MailException.InvalidMessage(
        "address", position, "holds a character that may not stand there");
  }

  private static MailException.InvalidMessage several(int position) {
    return new MailException.InvalidMessage(
        "address", position, "is more than one mail address; each is given apart, as in a list");
  }

  private static MailException.InvalidMessage notOne() {
    return new MailException.InvalidMessage("address", -1, "is not one mail address");
  }

  /**
   * Returns the mailbox of {@code Name <local@domain>}, {@code "Name" <local@domain>} or a bare
   * address.
   *
   * @throws MailException.InvalidMessage if the text has neither shape
   */
  public static Address parse(String text) {
    FieldText.require("address", text);
    String stripped = text.strip();
    int open = stripped.lastIndexOf('<');
    if (open < 0 || !stripped.endsWith(">")) {
      return of(stripped);
    }
    String name = stripped.substring(0, open).strip();
    if (name.length() >= 2 && name.startsWith("\"") && name.endsWith("\"")) {
      name = name.substring(1, name.length() - 1).replaceAll("\\\\(.)", "$1");
    }
    return of(name, stripped.substring(open + 1, stripped.length() - 1).strip());
  }

  /** Returns {@code local@domain}, as SMTP wants it between angle brackets. */
  public String address() {
    return localPart + "@" + domain;
  }

  /** Returns the name that people see, if there is one. */
  public Optional<String> displayName() {
    return Optional.ofNullable(displayName);
  }

  /** Returns the part in front of the at sign, with its quotes if it has any. */
  public String localPart() {
    return localPart;
  }

  /** Returns the part behind the at sign, in ASCII. */
  public String domain() {
    return domain;
  }

  /** Returns whether the local part is not ASCII, so that every server needs SMTPUTF8. */
  public boolean needsUtf8() {
    return utf8;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Address that
        && localPart.equals(that.localPart)
        && domain.equalsIgnoreCase(that.domain);
  }

  @Override
  public int hashCode() {
    return 31 * localPart.hashCode() + domain.toLowerCase(Locale.ROOT).hashCode();
  }

  /** Returns a form for people: {@code Name <local@domain>} or the bare address. */
  @Override
  public String toString() {
    return displayName == null ? address() : displayName + " <" + address() + ">";
  }
}
