package io.waybill.transfer.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.proxy.ProxyException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** SOCKS5 (RFC 1928), without authentication or with user name and password (RFC 1929). */
final class Socks5 {
  private static final int VERSION = 5;
  private static final int NONE = 0;
  private static final int PASSWORD = 2;
  private static final int MOST_BYTES = 255;

  private Socks5() {}

  /** Agrees on how to log in, and does. */
  static void logIn(OutputStream out, Answer answer, Optional<Credentials> credentials)
      throws IOException {
    out.write(
        credentials.isPresent()
            ? new byte[] {VERSION, 2, NONE, PASSWORD}
            : new byte[] {VERSION, 1, NONE});
    requireVersion(answer.next(), VERSION);
    int method = answer.next();
    if (method == PASSWORD && credentials.isPresent()) {
      password(out, answer, credentials.get());
    } else if (method != NONE) {
      throw new ProxyException(
          Reason.CREDENTIALS,
          credentials.isPresent()
              ? "the SOCKS5 proxy takes no user and password"
              : "the SOCKS5 proxy wants a login, and none is configured for it");
    }
  }

  private static void password(OutputStream out, Answer answer, Credentials credentials)
      throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(1);
    text(request, credentials.user(), "user");
    text(request, credentials.secret().get(), "password");
    out.write(request.toByteArray());
    requireVersion(answer.next(), 1);
    if (answer.next() != 0) {
      throw new ProxyException(
          Reason.CREDENTIALS, "the SOCKS5 proxy refused the login of user " + credentials.user());
    }
  }

  /** Asks for a connection to a name, which the proxy resolves, or an address, and waits for it. */
  static void connect(OutputStream out, Answer answer, String host, int port) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(new byte[] {VERSION, 1, 0});
    Optional<byte[]> address = TargetName.literal(host);
    if (address.isPresent()) {
      request.write(address.get().length == 4 ? 1 : 4);
      request.writeBytes(address.get());
    } else {
      request.write(3);
      text(request, TargetName.ascii(host), "host name");
    }
    request.write(port >> 8);
    request.write(port);
    out.write(request.toByteArray());
    requireVersion(answer.next(), VERSION);
    int reply = answer.next();
    if (reply != 0) {
      throw refused(reply, host + ":" + port); // some proxies close without the rest
    }
    answer.next();
    int length =
        switch (answer.next()) {
          case 1 -> 4;
          case 3 -> answer.next();
          case 4 -> 16;
          default ->
              throw new ProxyException(
                  Reason.NOT_A_PROXY, "the SOCKS5 proxy answered with an unknown kind of address");
        };
    answer.skip(length + 2);
  }

  private static void text(ByteArrayOutputStream out, String text, String what) {
    byte[] bytes = text.getBytes(UTF_8);
    if (bytes.length == 0 || bytes.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "SOCKS5 carries a %s of 1 to %d bytes, not %d".formatted(what, MOST_BYTES, bytes.length));
    }
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  private static void requireVersion(int said, int expected) throws ProxyException {
    if (said != expected) {
      throw new ProxyException(
          Reason.NOT_A_PROXY,
          "what answers is no SOCKS5 proxy: byte 0x%02x where 0x%02x was due"
              .formatted(said, expected));
    }
  }

  // RFC 1928, section 6
  private static ProxyException refused(int reply, String target) {
    String why =
        switch (reply) {
          case 2 -> "its rules do not allow that";
          case 3 -> "the network is unreachable";
          case 4 -> "the host is unreachable";
          case 5 -> "the connection was refused";
          case 6 -> "the time to live ran out";
          case 7 -> "it does not know CONNECT";
          case 8 -> "it does not know that kind of address";
          default -> "a failure of its own";
        };
    Reason reason =
        switch (reply) {
          case 2 -> Reason.DENIED;
          case 7, 8 -> Reason.NOT_A_PROXY;
          default -> Reason.UNREACHABLE;
        };
    return new ProxyException(
        reason,
        "the SOCKS5 proxy did not connect to %s: %s (reply %d)".formatted(target, why, reply));
  }
}
