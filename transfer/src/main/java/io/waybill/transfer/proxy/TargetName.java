package io.waybill.transfer.proxy;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.stream.Stream;

/** How a target is named to a proxy: never looked up here. */
final class TargetName {
  private static final int MOST_OCTET = 255;

  private TargetName() {}

  /** The bytes of an address written in numbers; nothing is looked up for that. */
  static Optional<byte[]> literal(String host) {
    boolean isV6 = host.indexOf(':') >= 0;
    boolean isV4 = host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    if (!isV6 && !isV4) {
      return Optional.empty();
    }
    // what is none would be looked up
    if (isV4
        && Stream.of(host.split("\\.")).anyMatch(each -> Integer.parseInt(each) > MOST_OCTET)) {
      throw new IllegalArgumentException(host + " is no address");
    }
    try {
      return Optional.of(InetAddress.getByName(host).getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(host + " is no address", e);
    }
  }

  /**
   * A name as DNS has it (RFC 3490).
   *
   * @throws IllegalArgumentException if it has characters that no host name has
   */
  static String ascii(String host) {
    String ascii = IDN.toASCII(host);
    if (!ascii.matches("[A-Za-z0-9._-]{1,255}")) {
      throw new IllegalArgumentException("'" + host + "' is no host name");
    }
    return ascii;
  }

  /** Host and port as a request line has them (RFC 9112 3.2.3). */
  static String authority(String host, int port) {
    if (literal(host).isPresent()) {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
    return ascii(host) + ":" + port;
  }
}
