package io.waybill.jobs.net;

import io.waybill.jobs.JobException;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.proxy.ProxyServer;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads what people write for a proxy. */
public final class ProxyAddress {
  private static final String WANTED =
      "not a proxy's address; write socks5://[USER:PASSWORD@]HOST:PORT or http://[USER:PASSWORD@]HOST:PORT";

  private static final String WANTED_ALONE =
      "not a proxy's address; write socks5://HOST:PORT or http://HOST:PORT, and a login apart from it";

  private ProxyAddress() {}

  /**
   * Reads {@code socks5://host:1080} or {@code http://user:password@host:3128}.
   *
   * @param secrets is told the password, which must not be shown
   * @throws JobException.Configuration if it is neither
   */
  public static ProxyServer parse(String text, Consumer<String> secrets) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new JobException.Configuration(WANTED); // its cause would show the password
    }
    if (uri.getHost() == null || uri.getPort() <= 0) {
      throw new JobException.Configuration(WANTED);
    }
    ProxyServer proxy =
        switch (String.valueOf(uri.getScheme())) {
          case "socks5" -> ProxyServer.socks5(uri.getHost(), uri.getPort());
          case "http" -> ProxyServer.httpConnect(uri.getHost(), uri.getPort());
          default -> throw new JobException.Configuration(WANTED);
        };
    return uri.getRawUserInfo() == null
        ? proxy
        : proxy.credentials(credentials(uri.getRawUserInfo(), secrets));
  }

  /**
   * Reads {@code socks5://host:1080} or {@code http://host:3128}, where a login would be seen by
   * whoever sees the text.
   *
   * @throws JobException.Configuration if it is neither, or has a login
   */
  public static ProxyServer withoutLogin(String text) {
    if (text.indexOf('@') >= 0) {
      throw new JobException.Configuration(WANTED_ALONE);
    }
    try {
      return parse(text, secret -> {});
    } catch (JobException.Configuration e) {
      throw new JobException.Configuration(WANTED_ALONE, e);
    }
  }

  private static Credentials credentials(String login, Consumer<String> secrets) {
    int colon = login.indexOf(':');
    if (colon < 1) {
      throw new JobException.Configuration(WANTED);
    }
    String password = decoded(login.substring(colon + 1));
    secrets.accept(password);
    return new Credentials(decoded(login.substring(0, colon)), () -> password);
  }

  // a plus is a plus here
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
