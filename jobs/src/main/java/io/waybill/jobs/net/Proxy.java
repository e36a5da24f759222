package io.waybill.jobs.net;

import io.waybill.jobs.JobException;
import java.net.URI;
import java.util.Objects;

/**
 * A proxy that connections go through.
 *
 * @param kind its protocol
 * @param host its name or address
 * @param port its port
 */
public record Proxy(Kind kind, String host, int port) {

  /** A proxy's protocol. */
  public enum Kind {
    /** RFC 1928, without authentication; the proxy resolves names. */
    SOCKS5,
    /** RFC 9110 9.3.6. */
    HTTP_CONNECT
  }

  public Proxy {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(host, "host");
  }

  /**
   * Reads {@code socks5://host:1080} or {@code http://host:3128}.
   *
   * @throws JobException.Configuration if it is neither
   */
  public static Proxy parse(String text) {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null && uri.getPort() > 0 && uri.getUserInfo() == null) {
        if ("socks5".equals(uri.getScheme())) {
          return new Proxy(Kind.SOCKS5, uri.getHost(), uri.getPort());
        }
        if ("http".equals(uri.getScheme())) {
          return new Proxy(Kind.HTTP_CONNECT, uri.getHost(), uri.getPort());
        }
      }
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration(
          "not a proxy's address; write socks5://HOST:PORT or http://HOST:PORT", e);
    }
    throw new JobException.Configuration(
        "not a proxy's address; write socks5://HOST:PORT or http://HOST:PORT");
  }
}
