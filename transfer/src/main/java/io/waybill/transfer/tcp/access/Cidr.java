package io.waybill.transfer.tcp.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Names a block of IP addresses (RFC 4632 3.1): {@code 10.0.0.0/8}, {@code 2001:db8::/32}, a single
 * address, or {@code *} for all of both families.
 *
 * <p>IPv4 addresses mapped into IPv6 ({@code ::ffff:10.0.0.1}, RFC 4291 2.5.5.2) count as IPv4, in
 * the block as in the address that is asked about. {@code ::/0} holds no IPv4 address and {@code
 * 0.0.0.0/0} no IPv6 address. Host names are refused, never looked up. Immutable.
 */
public final class Cidr {
  private static final Cidr ALL = new Cidr(new byte[0], 0);

  private final byte[] network;
  private final int prefix;

  private Cidr(byte[] network, int prefix) {
    this.network = network;
    this.prefix = prefix;
  }

  /**
   * Reads a block.
   *
   * @throws IllegalArgumentException if it is no address, the prefix is no number or too long, or
   *     bits beyond the prefix are set
   */
  public static Cidr parse(String text) {
    if (text.equals("*")) {
      return ALL;
    }
    int slash = text.indexOf('/');
    Optional<byte[]> literal = AddressLiteral.parse(slash < 0 ? text : text.substring(0, slash));
    if (literal.isEmpty()) {
      throw refused(text, "is no IP address; write 10.0.0.0/8, 2001:db8::/32, 192.0.2.7 or *");
    }
    byte[] address = literal.get();
    int bits = address.length * 8;
    int prefix = slash < 0 ? bits : AddressLiteral.number(text.substring(slash + 1), 10, 3);
    if (prefix < 0 || prefix > bits) {
      throw refused(text, "needs a prefix from 0 to " + bits + " after the slash");
    }
    byte[] network = masked(address, prefix);
    if (!Arrays.equals(network, address)) {
      throw refused(
          text,
          "has bits set beyond its prefix; write "
              + shown(network, prefix)
              + " for the block or "
              + shown(address, bits)
              + " for the one address");
    }
    byte[] plain = unmapped(network);
    return new Cidr(plain, prefix - (network.length - plain.length) * 8);
  }

  /** Tells whether {@code address} lies in this block. */
  public boolean contains(InetAddress address) {
    if (network.length == 0) {
      return true;
    }
    byte[] bytes = unmapped(address.getAddress());
    return bytes.length == network.length && Arrays.equals(masked(bytes, prefix), network);
  }

  /**
   * Takes the IPv4 address out of one that is mapped into IPv6; others are returned as they are.
   */
  static byte[] unmapped(byte[] address) {
    if (address.length != 16 || address[10] != -1 || address[11] != -1) {
      return address;
    }
    for (int i = 0; i < 10; i++) {
      if (address[i] != 0) {
        return address;
      }
    }
    return Arrays.copyOfRange(address, 12, 16);
  }

  private static byte[] masked(byte[] address, int prefix) {
    byte[] masked = new byte[address.length];
    for (int i = 0; i < address.length; i++) {
      int kept = Math.max(0, Math.min(8, prefix - i * 8));
      masked[i] = (byte) (address[i] & (0xff << (8 - kept)));
    }
    return masked;
  }

  private static IllegalArgumentException refused(String text, String why) {
    String shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
    return new IllegalArgumentException("address block '" + shown + "' " + why);
  }

  private static String shown(byte[] address, int prefix) {
    try {
      String text = InetAddress.getByAddress(address).getHostAddress();
      // a mapped address would be shown as IPv4, with a prefix that does not fit
      boolean mapped = address.length == 16 && text.indexOf(':') < 0;
      return (mapped ? "::ffff:" : "") + text + (prefix == address.length * 8 ? "" : "/" + prefix);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + address.length + " bytes", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr that
        && prefix == that.prefix
        && Arrays.equals(network, that.network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + prefix;
  }

  /** Writes the block in the form that {@link #parse} reads. */
  @Override
  public String toString() {
    return network.length == 0 ? "*" : shown(network, prefix);
  }
}
