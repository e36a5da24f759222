package io.waybill.jobs.net;

import io.waybill.jobs.JobException;
import io.waybill.transfer.proxy.ProxyServer;
import java.net.URI;
import java.net.URISyntaxException;

/** Reads what people write for a proxy. */
public final class ProxyAddress {
  private static final String WANTED =
      "not a proxy's address; write socks5://HOST:PORT or http://HOST:PORT";

  private ProxyAddress() {}

  /**
   * Reads {@code socks5://host:1080} or {@code http://host:3128}.
   *
   * @throws JobException.Configuration if it is neither
   */
  public static ProxyServer parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new JobException.Configuration(WANTED, e);
    }
    if (uri.getHost() == null || uri.getPort() <= 0 || uri.getUserInfo() != null) {
      throw new JobException.Configuration(WANTED);
    }
    return switch (String.valueOf(uri.getScheme())) {
      case "socks5" -> ProxyServer.socks5(uri.getHost(), uri.getPort());
      case "http" -> ProxyServer.httpConnect(uri.getHost(), uri.getPort());
      default -> throw new JobException.Configuration(WANTED);
    };
  }
}
