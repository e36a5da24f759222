package io.waybill.transfer.http;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One request of any method.
 *
 * @param method in upper case
 * @param address at the site that it is sent to
 * @param headers its fields, which are never carried to another server
 * @param body its content, which is never carried to another server either
 * @param manner what may become of it
 */
public record WebRequest(
    String method, URI address, Map<String, String> headers, BodyPublisher body, Manner manner) {
  public WebRequest {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(address, "address");
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(manner, "manner");
  }

  /**
   * What may become of a request.
   *
   * @param redirects how many are followed; with 0 one is an answer like any other
   * @param isRepeatable whether sending it twice does no more than sending it once
   */
  public record Manner(int redirects, boolean isRepeatable) {}
}
