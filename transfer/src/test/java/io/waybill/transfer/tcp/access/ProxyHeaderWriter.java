package io.waybill.transfer.tcp.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes PROXY protocol v2 headers, right ones and wrong ones. */
public final class ProxyHeaderWriter {
  private ProxyHeaderWriter() {}

  static byte[] header(int versionAndCommand, int family, byte[] rest) {
    return ByteBuffer.allocate(16 + rest.length)
        .put(new byte[] {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10})
        .put((byte) versionAndCommand)
        .put((byte) family)
        .putShort((short) rest.length)
        .put(rest)
        .array();
  }

  static byte[] tcp4(byte[]... values) {
    return header(0x21, 0x11, join(new byte[] {10, 1, 2, 3, 10, 0, 0, 1, 4, 0, 0, 80}, values));
  }

  /** Writes a header for a client at an IPv4 address. */
  public static byte[] from(String address) {
    byte[] addresses = {0, 0, 0, 0, 10, 0, 0, 1, 4, 0, 0, 80};
    try {
      System.arraycopy(InetAddress.getByName(address).getAddress(), 0, addresses, 0, 4);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
    return header(0x21, 0x11, addresses);
  }

  static byte[] value(int type, byte... content) {
    return ByteBuffer.allocate(3 + content.length)
        .put((byte) type)
        .putShort((short) content.length)
        .put(content)
        .array();
  }

  /** Fills in the checksum, whose four zero bytes are the header's last. */
  static byte[] summed(byte[] header) {
    CRC32C sum = new CRC32C();
    sum.update(header);
    ByteBuffer.wrap(header).putInt(header.length - 4, (int) sum.getValue());
    return header;
  }

  static byte[] join(byte[] first, byte[]... others) {
    int length = first.length;
    for (byte[] other : others) {
      length += other.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length).put(first);
    for (byte[] other : others) {
      all.put(other);
    }
    return all.array();
  }
}
