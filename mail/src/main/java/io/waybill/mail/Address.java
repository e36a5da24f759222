package io.waybill.mail;

import com.sanctionco.jmail.Email;
import com.sanctionco.jmail.JMail;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names one mailbox, with the display name that people see when there is one.
 *
 * <p>An internationalised domain is kept in its ASCII form (RFC 5891). Local parts are ASCII; two
 * addresses are equal when their local parts are identical and their domains are equal without
 * regard to case.
 */
public final class Address {
  private final @Nullable String displayName;
  private final String localPart;
  private final String domain;

  private Address(@Nullable String displayName, String localPart, String domain) {
    this.displayName = displayName;
    this.localPart = localPart;
    this.domain = domain;
  }

  /**
   * Returns the mailbox of a bare address such as {@code ops@example.org}.
   *
   * @throws MailException.InvalidMessage if the text is not one address, or holds a control
   *     character or a lone surrogate
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
    FieldText.require("address", address);
    if (displayName != null) {
      FieldText.require("display name", displayName);
    }
    Email email =
        JMail.tryParse(address)
            .filter(parsed -> !parsed.hasIdentifier() && parsed.explicitSourceRoutes().isEmpty())
            .orElseThrow(
                () -> new MailException.InvalidMessage("address", -1, "is not one mail address"));
    if (!isAscii(email.localPart()) || !email.comments().isEmpty()) {
      throw new MailException.InvalidMessage(
          "address", -1, "has a local part that is not plain ASCII, or a comment in it");
    }
    String name = displayName == null || displayName.isBlank() ? null : displayName.strip();
    return new Address(name, email.localPart(), asciiDomain(email));
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

  private static String asciiDomain(Email email) {
    if (email.isIpAddress()) {
      String literal = email.domain();
      return literal.startsWith("[") ? literal : "[" + literal + "]";
    }
    if (isAscii(email.domain())) {
      return email.domain();
    }
    try {
      return IDN.toASCII(email.domain());
    } catch (IllegalArgumentException e) {
      throw new MailException.InvalidMessage("address", -1, "has a domain that IDNA refuses");
    }
  }

  private static boolean isAscii(String text) {
    return StandardCharsets.US_ASCII.newEncoder().canEncode(text);
  }

  /** Returns {@code local@domain}, as SMTP wants it between angle brackets. */
  public String address() {
    return localPart + "@" + domain;
  }

  /** Returns whether the local part needs SMTPUTF8 (RFC 6531) on the whole way. */
  public boolean needsUtf8() {
    return !isAscii(localPart);
  }

  /** Returns the name that people see, if there is one. */
  public Optional<String> displayName() {
    return Optional.ofNullable(displayName);
  }

  /** Returns the part behind the at sign, in ASCII. */
  public String domain() {
    return domain;
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
