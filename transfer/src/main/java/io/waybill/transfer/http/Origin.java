package io.waybill.transfer.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** Decides where a redirect may lead (RFC 9110 15.4). */
final class Origin {
  private Origin() {}

  /** Says whether two addresses have scheme, host and port in common. */
  static boolean isSame(URI one, URI other) {
    return host(one).equals(host(other))
        && port(one) == port(other)
        && one.getScheme().equalsIgnoreCase(other.getScheme());
  }

  private static String host(URI uri) {
    return String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
  }

  /**
   * Resolves where a redirect leads.
   *
   * @throws HttpProtocolException if it cannot be read, leads from TLS to plain text, or to what is
   *     not HTTP
   */
  static URI resolve(URI from, String location) throws HttpProtocolException {
    URI to;
    try {
      to = from.resolve(new URI(location.strip()));
    } catch (URISyntaxException e) {
      // no cause: its text quotes the address, which may hold a token
      throw new HttpProtocolException("It redirects to an address that cannot be read");
    }
    String scheme = Optional.ofNullable(to.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https"))
        || to.getHost() == null
        || to.getRawUserInfo() != null) {
      throw new HttpProtocolException(
          "It redirects to what is no plain http:// or https:// address");
    }
    if (from.getScheme().equalsIgnoreCase("https") && scheme.equals("http")) {
      throw new HttpProtocolException(
          "It redirects from https to %s, where everybody on the way could read and change it; name that address yourself if it is meant"
              .formatted(shown(to)));
    }
    return to;
  }

  /**
   * Says whether a redirect does nothing but add a slash: so servers say that it is a directory. It
   * is not followed, so the scheme does not count, which servers behind a proxy often get wrong.
   */
  static boolean isSlashAdded(URI from, String location) {
    try {
      URI to = from.resolve(new URI(location.strip()));
      return host(from).equals(host(to))
          && to.getRawQuery() == null
          && (from.getPath() + "/").equals(to.getPath());
    } catch (URISyntaxException e) {
      return false; // said when it is to be followed
    }
  }

  /** Returns an address without its query. */
  static String shown(URI uri) {
    return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
  }
}
