package io.waybill.mail.dkim;

/**
 * Holds the TXT record under which verifiers look for the public key.
 *
 * @param name where it belongs, such as {@code 2026._domainkey.example.org}, without a dot at the
 *     end
 * @param value its text in one piece, such as {@code v=DKIM1; k=ed25519; p=...}
 */
public record DkimDnsRecord(String name, String value) {
  private static final int MOST_IN_ONE_STRING = 255;

  /**
   * Returns the record as a line of a zone file; a long value is cut into strings of at most 255
   * bytes (RFC 1035 3.3), which resolvers join (RFC 6376 3.6.2.2).
   */
  public String zoneLine() {
    StringBuilder line = new StringBuilder(name).append(". IN TXT (");
    for (int i = 0; i < value.length(); i += MOST_IN_ONE_STRING) {
      int end = Math.min(value.length(), i + MOST_IN_ONE_STRING);
      line.append(" \"").append(value, i, end).append('"');
    }
    return line.append(" )").toString();
  }
}
