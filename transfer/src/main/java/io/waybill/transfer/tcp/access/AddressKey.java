package io.waybill.transfer.tcp.access;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Stands for whoever owns an address: an IPv4 address, or the /64 of an IPv6 address, as one
 * customer commonly has a whole /64 to choose addresses from.
 */
record AddressKey(boolean v4, long bits) {
  static AddressKey of(InetAddress address) {
    byte[] bytes = Cidr.unmapped(address.getAddress());
    return bytes.length == 4
        ? new AddressKey(true, ByteBuffer.wrap(bytes).getInt())
        : new AddressKey(false, ByteBuffer.wrap(bytes).getLong());
  }
}
