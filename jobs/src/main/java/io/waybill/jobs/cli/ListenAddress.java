package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Reads where to listen: {@code HOST:PORT}, {@code [::1]:PORT}, {@code PORT} or {@code HOST}. */
final class ListenAddress {
  private ListenAddress() {}

  /**
   * Reads an address.
   *
   * @throws JobException.Configuration if it is none of this machine's
   */
  static InetSocketAddress parse(String text, String usualHost, int usualPort) {
    String host = usualHost;
    String port = String.valueOf(usualPort);
    int colon = text.lastIndexOf(':');
    boolean isBareV6 = text.indexOf(':') != colon && !text.startsWith("[");
    if (text.matches("[0-9]{1,5}")) {
      port = text;
    } else if (colon > text.lastIndexOf(']') && !isBareV6) {
      host = colon == 0 ? usualHost : text.substring(0, colon);
      port = text.substring(colon + 1);
    } else {
      host = text;
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535 || host.isEmpty()) {
      throw new JobException.Configuration(
          "--listen is HOST:PORT with a port from 0 to 65535, not \"" + text + "\"");
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(port));
    } catch (UnknownHostException e) {
      throw new JobException.Configuration("--listen: the name " + host + " is not known", e);
    }
  }
}
