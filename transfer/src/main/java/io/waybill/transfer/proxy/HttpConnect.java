package io.waybill.transfer.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.proxy.ProxyException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CONNECT (RFC 9110 9.3.6), with Basic authentication (RFC 7617) if there are credentials. */
final class HttpConnect {
  private static final int MOST_HEAD_BYTES = 16 << 10;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");

  private HttpConnect() {}

  static void connect(
      OutputStream out, Answer answer, String host, int port, Optional<Credentials> credentials)
      throws IOException {
    String authority = TargetName.authority(host, port);
    StringBuilder request =
        new StringBuilder("CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n".formatted(authority));
    credentials.ifPresent(
        known -> request.append("Proxy-Authorization: Basic ").append(basic(known)).append("\r\n"));
    out.write(request.append("\r\n").toString().getBytes(ISO_8859_1));
    int status = status(answer);
    while (status / 100 == 1) { // RFC 9110 15.2: any number of them comes before the answer
      status = status(answer);
    }
    if (status / 100 != 2) {
      throw refused(status, authority, credentials.isPresent());
    }
  }

  private static String basic(Credentials credentials) {
    if (credentials.user().indexOf(':') >= 0) {
      throw new IllegalArgumentException("Basic authentication has no user with a colon");
    }
    String both = credentials.user() + ":" + credentials.secret().get();
    return Base64.getEncoder().encodeToString(both.getBytes(UTF_8));
  }

  private static int status(Answer answer) throws IOException {
    String line = line(answer, MOST_HEAD_BYTES);
    Matcher matcher = STATUS.matcher(line);
    if (!matcher.matches()) {
      throw notAProxy();
    }
    int left = MOST_HEAD_BYTES - line.length();
    while (!line.isEmpty()) {
      line = line(answer, left);
      left -= line.length() + 2;
    }
    return Integer.parseInt(matcher.group(1));
  }

  private static String line(Answer answer, int most) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = answer.next(); next != '\n'; next = answer.next()) {
      if (line.length() >= most) {
        throw new ProxyException(
            Reason.NOT_A_PROXY,
            "the HTTP proxy's answer is longer than " + MOST_HEAD_BYTES + " bytes");
      }
      if (line.length() == 5 && !line.toString().equals("HTTP/") && most == MOST_HEAD_BYTES) {
        throw notAProxy(); // before a line that never ends
      }
      line.append((char) next);
    }
    int length = line.length();
    return length > 0 && line.charAt(length - 1) == '\r'
        ? line.substring(0, length - 1)
        : line.toString();
  }

  private static ProxyException notAProxy() {
    return new ProxyException(Reason.NOT_A_PROXY, "what answers is no HTTP proxy");
  }

  private static ProxyException refused(int status, String target, boolean hasCredentials) {
    if (status == 407) {
      return new ProxyException(
          Reason.CREDENTIALS,
          hasCredentials
              ? "the HTTP proxy refused the login (status 407)"
              : "the HTTP proxy wants a login, and none is configured for it (status 407)");
    }
    return new ProxyException(
        status / 100 == 5 ? Reason.UNREACHABLE : Reason.DENIED,
        "the HTTP proxy did not connect to %s (status %d)".formatted(target, status));
  }
}
