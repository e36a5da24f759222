package io.waybill.mail;

import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Holds an OAuth 2 access token (RFC 6750); {@link #toString()} does not show it.
 *
 * @param value the token itself, printable ASCII without blanks
 * @param expiresAt when it stops being worth anything
 */
public record AccessToken(String value, Instant expiresAt) {
  private static final Pattern TOKEN = Pattern.compile("[!-~]+");

  /**
   * Checks the token.
   *
   * @throws MailException.InvalidMessage if it holds anything but printable ASCII
   */
  public AccessToken {
    Objects.requireNonNull(expiresAt, "expiresAt");
    if (!TOKEN.matcher(value).matches()) {
      throw new MailException.InvalidMessage("access token", -1, "is not printable ASCII");
    }
  }

  @Override
  public String toString() {
    return "AccessToken[until " + expiresAt + "]";
  }
}
