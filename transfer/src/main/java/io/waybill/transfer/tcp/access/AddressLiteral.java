package io.waybill.transfer.tcp.access;

import java.util.Arrays;
import java.util.Optional;

/**
 * Reads IP addresses that are written as numbers, and nothing else: no name is ever resolved.
 *
 * <p>IPv4 has four decimal octets without leading zeros; IPv6 follows RFC 4291 2.2, without a zone.
 */
final class AddressLiteral {
  private AddressLiteral() {}

  /** Reads {@code text} into 4 or 16 bytes; empty if it is no address. */
  static Optional<byte[]> parse(String text) {
    return text.indexOf(':') < 0 ? v4(text) : v6(text);
  }

  private static Optional<byte[]> v4(String text) {
    String[] octets = text.split("\\.", -1);
    if (octets.length != 4) {
      return Optional.empty();
    }
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      int value = number(octets[i], 10, 3);
      if (value < 0 || value > 255 || (octets[i].length() > 1 && octets[i].charAt(0) == '0')) {
        return Optional.empty();
      }
      bytes[i] = (byte) value;
    }
    return Optional.of(bytes);
  }

  private static Optional<byte[]> v6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      return groups(text).filter(bytes -> bytes.length == 16);
    }
    Optional<byte[]> head = groups(text.substring(0, gap));
    Optional<byte[]> tail = groups(text.substring(gap + 2));
    if (head.isEmpty() || tail.isEmpty() || text.substring(0, gap).indexOf('.') >= 0) {
      return Optional.empty();
    }
    byte[] first = head.get();
    byte[] last = tail.get();
    if (first.length + last.length > 14) {
      return Optional.empty();
    }
    byte[] bytes = Arrays.copyOf(first, 16);
    System.arraycopy(last, 0, bytes, 16 - last.length, last.length);
    return Optional.of(bytes);
  }

  private static Optional<byte[]> groups(String text) {
    if (text.isEmpty()) {
      return Optional.of(new byte[0]);
    }
    String[] groups = text.split(":", -1);
    if (groups.length > 8) {
      return Optional.empty();
    }
    byte[] bytes = new byte[groups.length * 2 + 2];
    int length = 0;
    for (int i = 0; i < groups.length; i++) {
      if (i == groups.length - 1 && groups[i].indexOf('.') >= 0) {
        Optional<byte[]> embedded = v4(groups[i]);
        if (embedded.isEmpty()) {
          return Optional.empty();
        }
        System.arraycopy(embedded.get(), 0, bytes, length, 4);
        length += 4;
      } else {
        int value = number(groups[i], 16, 4);
        if (value < 0) {
          return Optional.empty();
        }
        bytes[length++] = (byte) (value >> 8);
        bytes[length++] = (byte) value;
      }
    }
    return Optional.of(Arrays.copyOf(bytes, length));
  }

  /** Reads an unsigned number of ASCII digits; -1 if it is none or too long. */
  static int number(String text, int radix, int digits) {
    if (text.isEmpty() || text.length() > digits) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), radix) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }
}
