package io.waybill.transfer.trace;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Makes IPv4 (RFC 791 3.1) and IPv6 (RFC 8200 3) packets with TCP headers (RFC 9293 3.1) for one
 * connection, with the sequence numbers that its bytes would have had. Not thread-safe.
 */
final class TcpPackets {
  /** What fits into an IPv4 packet with both headers; IPv6 would take 20 bytes more. */
  static final int MAX_DATA = 65_535 - 20 - 20;

  static final int FIN = 0x01;
  static final int SYN = 0x02;
  static final int PSH = 0x08;
  static final int ACK = 0x10;

  // no-operation, then window scale 14 (RFC 7323 2.2): Wireshark shall not take the window for full
  private static final byte[] SYN_OPTIONS = {1, 3, 3, 14};

  private final byte[][] address = new byte[2][];
  private final int[] port = new int[2];
  private final int[] next = {1_000, 2_000};

  TcpPackets(InetSocketAddress local, InetSocketAddress remote) {
    address[0] = bytes(local);
    address[1] = bytes(remote);
    if (address[0].length != address[1].length) {
      address[0] = mapped(address[0]);
      address[1] = mapped(address[1]);
    }
    port[0] = local.getPort();
    port[1] = remote.getPort();
  }

  /**
   * Makes the next packet from {@code from} (0: this end, 1: the other) and moves its sequence on.
   */
  ByteBuffer packet(int from, int flags, ByteBuffer data) {
    byte[] options = (flags & SYN) != 0 ? SYN_OPTIONS : new byte[0];
    int length = 20 + options.length + data.remaining();
    boolean v4 = address[0].length == 4;
    int start = v4 ? 20 : 40;
    ByteBuffer packet = ByteBuffer.allocate(start + length);
    if (v4) {
      packet.putShort((short) 0x4500).putShort((short) (start + length)).putShort((short) 0);
      packet.putShort((short) 0x4000).put((byte) 64).put((byte) 6).putShort((short) 0);
    } else {
      packet.putInt(0x6000_0000).putShort((short) length).put((byte) 6).put((byte) 64);
    }
    packet.put(address[from]).put(address[1 - from]);
    if (v4) {
      packet.putShort(10, checksum(sum(packet, 0, 20)));
    }
    packet.putShort((short) port[from]).putShort((short) port[1 - from]).putInt(next[from]);
    packet.putInt((flags & ACK) != 0 ? next[1 - from] : 0);
    packet.put((byte) (((20 + options.length) / 4) << 4)).put((byte) flags).putShort((short) -1);
    packet.putInt(0).put(options);
    next[from] += data.remaining() + ((flags & (SYN | FIN)) != 0 ? 1 : 0);
    packet.put(data);
    // the pseudo-header: both addresses, the protocol's number and the length
    int addresses = 2 * address[from].length;
    long pseudo = sum(packet, start - addresses, addresses) + 6 + length;
    packet.putShort(start + 16, checksum(pseudo + sum(packet, start, length)));
    return packet.flip();
  }

  private static long sum(ByteBuffer packet, int at, int length) {
    long sum = 0;
    for (int i = 0; i + 1 < length; i += 2) {
      sum += Short.toUnsignedInt(packet.getShort(at + i));
    }
    return length % 2 == 0 ? sum : sum + ((packet.get(at + length - 1) & 0xff) << 8);
  }

  private static short checksum(long sum) {
    long folded = sum;
    while (folded > 0xffff) {
      folded = (folded & 0xffff) + (folded >> 16);
    }
    return (short) ~folded;
  }

  private static byte[] bytes(InetSocketAddress socket) {
    InetAddress address = socket.getAddress();
    // not resolved, as behind a proxy: shown as 0.0.0.0
    return address == null ? new byte[4] : address.getAddress();
  }

  private static byte[] mapped(byte[] address) {
    if (address.length == 16) {
      return address;
    }
    return ByteBuffer.allocate(16).putShort(10, (short) -1).position(12).put(address).array();
  }
}
