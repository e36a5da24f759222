package io.waybill.transfer.http;

import io.waybill.transfer.WireTap;
import io.waybill.transfer.WireTap.Direction;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;

/**
 * Tells a tap of the heads of requests and answers, above TLS, without secrets: Java's client shows
 * nobody its connections.
 */
final class HttpTrace {
  private static final Set<String> SECRET =
      Set.of("authorization", "proxy-authorization", "cookie", "set-cookie");
  // their addresses may have a query, which may be a signature
  private static final Set<String> ADDRESSES =
      Set.of("location", "content-location", "destination");

  private final WireTap.Tapped tapped;

  private HttpTrace(WireTap.Tapped tapped) {
    this.tapped = tapped;
  }

  static HttpTrace of(HttpSite site) {
    WireTap tap = site.terms().tap();
    if (tap == WireTap.NONE) {
      return new HttpTrace(WireTap.Tapped.NONE);
    }
    InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    InetSocketAddress there = InetSocketAddress.createUnresolved(site.host(), site.port());
    return new HttpTrace(tap.open(site.isHttps() ? "https" : "http", here, there));
  }

  void sent(HttpRequest request) {
    if (tapped != WireTap.Tapped.NONE) {
      String path = request.uri().getRawPath();
      String query = request.uri().getRawQuery() == null ? "" : "?***";
      tapped.line(Direction.SENT, request.method() + " " + path + query);
      headers(Direction.SENT, request.headers());
    }
  }

  void received(HttpResponse<?> response) {
    if (tapped != WireTap.Tapped.NONE) {
      tapped.line(Direction.RECEIVED, Integer.toString(response.statusCode()));
      headers(Direction.RECEIVED, response.headers());
    }
  }

  private void headers(Direction direction, HttpHeaders headers) {
    headers
        .map()
        .forEach(
            (name, values) ->
                values.forEach(value -> tapped.line(direction, name + ": " + shown(name, value))));
  }

  private static String shown(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (SECRET.contains(lower)) {
      return "***";
    }
    int query = ADDRESSES.contains(lower) ? value.indexOf('?') : -1;
    return query < 0 ? value : value.substring(0, query) + "?***";
  }

  void closed() {
    tapped.closed("the session ended");
  }
}
