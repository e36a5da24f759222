package io.waybill.mail;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Says how to leave a mailing list (RFC 2369), if wanted by one click (RFC 8058).
 *
 * @param uris at least one {@code mailto}, {@code https} or {@code http} address, best first
 * @param oneClick whether the first {@code https} one may be sent a POST that ends the subscription
 *     at once; receivers believe it only if the message is signed (DKIM)
 */
public record ListUnsubscribe(List<URI> uris, boolean oneClick) {
  private static final String FIELD = "unsubscribe URI";
  private static final int MAX_LENGTH = 900;
  private static final Set<String> SCHEMES = Set.of("mailto", "https", "http");

  /**
   * Checks the addresses.
   *
   * @throws MailException.InvalidMessage if there is none, one is too long or of another scheme,
   *     holds a control character, also one in disguise such as {@code %0A}, or none is {@code
   *     https} though one click is promised
   */
  public ListUnsubscribe {
    uris = List.copyOf(uris);
    if (uris.isEmpty()) {
      throw new MailException.InvalidMessage(FIELD, -1, "is missing");
    }
    uris.forEach(ListUnsubscribe::check);
    if (oneClick && uris.stream().noneMatch(uri -> scheme(uri).equals("https"))) {
      throw new MailException.InvalidMessage(FIELD, -1, "for one click must be https");
    }
  }

  private static void check(URI uri) {
    String text = FieldText.requireName(FIELD, uri.toString());
    for (int i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
      if ("01".indexOf(text.charAt(i + 1)) >= 0 || text.regionMatches(true, i, "%7F", 0, 3)) {
        throw new MailException.InvalidMessage(FIELD, i, "holds an encoded control character");
      }
    }
    if (!SCHEMES.contains(scheme(uri)) || uri.toASCIIString().length() > MAX_LENGTH) {
      throw new MailException.InvalidMessage(
          FIELD, -1, "is longer than " + MAX_LENGTH + " characters or no mailto, https or http");
    }
  }

  private static String scheme(URI uri) {
    String scheme = uri.getScheme();
    return scheme == null ? "" : scheme.toLowerCase(Locale.ROOT);
  }
}
