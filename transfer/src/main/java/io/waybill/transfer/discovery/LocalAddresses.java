package io.waybill.transfer.discovery;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** Where this machine is on local networks. */
final class LocalAddresses {
  private LocalAddresses() {}

  /**
   * Returns one IPv4 address of each interface that is up and can multicast; loopback where there
   * is no other.
   */
  static List<InetAddress> all() throws SocketException {
    List<InetAddress> addresses = new ArrayList<>();
    for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
      if (each.isUp() && each.supportsMulticast() && !each.isLoopback() && !each.isPointToPoint()) {
        each.inetAddresses()
            .filter(Inet4Address.class::isInstance)
            .findFirst()
            .ifPresent(addresses::add);
      }
    }
    return addresses.isEmpty() ? List.of(InetAddress.getLoopbackAddress()) : addresses;
  }
}
