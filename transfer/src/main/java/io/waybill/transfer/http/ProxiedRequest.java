package io.waybill.transfer.http;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** The head of a request as a proxy gets it (RFC 9112 3.2.2, 3.2.3): our own HTTP client's. */
final class ProxiedRequest {
  private static final int HTTP_PORT = 80;

  private final String method;
  private final URI target;
  private final String fields;

  private ProxiedRequest(String method, URI target, String fields) {
    this.method = method;
    this.target = target;
    this.fields = fields;
  }

  /**
   * Reads one.
   *
   * @param head with its empty last line
   * @throws IOException if it is not of that form
   */
  static ProxiedRequest parse(String head) throws IOException {
    int end = head.indexOf("\r\n");
    String[] words = head.substring(0, Math.max(0, end)).split(" ", -1);
    if (words.length != 3) {
      throw new IOException("No request line");
    }
    boolean isTunnel = words[0].equals("CONNECT");
    try {
      URI target = new URI(isTunnel ? "tunnel://" + words[1] : words[1]);
      if (target.getHost() == null || (isTunnel && target.getPort() < 0)) {
        throw new IOException("No host in a request to a proxy");
      }
      return new ProxiedRequest(words[0], target, head.substring(end + 2));
    } catch (URISyntaxException e) {
      throw new IOException("No address in a request to a proxy", e);
    }
  }

  boolean isTunnel() {
    return method.equals("CONNECT");
  }

  String host() {
    String host = target.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  int port() {
    return target.getPort() < 0 ? HTTP_PORT : target.getPort();
  }

  String proxyAuthorization() {
    return field("proxy-authorization");
  }

  /** Returns how long the content is; our client tells it wherever there is any. */
  long contentLength() throws IOException {
    String length = field("content-length");
    return length.isEmpty() ? 0 : Reply.number("Content-Length", length);
  }

  private String field(String name) {
    for (String line : fields.split("\r\n", -1)) {
      if (isField(line, name)) {
        return line.substring(name.length() + 1).strip();
      }
    }
    return "";
  }

  private static boolean isField(String line, String name) {
    return line.toLowerCase(Locale.ROOT).startsWith(name + ":");
  }

  /** Returns the head as the server itself gets it, for one request and no other. */
  String direct() {
    String path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
    String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
    StringBuilder head =
        new StringBuilder(
            "%s %s%s HTTP/1.1\r\nConnection: close\r\n".formatted(method, path, query));
    for (String line : fields.split("\r\n", -1)) {
      if (!line.isEmpty()
          && !isField(line, "proxy-authorization")
          && !isField(line, "proxy-connection")
          && !isField(line, "connection")) {
        head.append(line).append("\r\n");
      }
    }
    return head.append("\r\n").toString();
  }
}
