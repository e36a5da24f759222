package io.waybill.transfer.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a pcapng file with raw TCP packets, checks lengths and checksums, and joins streams. */
final class PcapngReader {
  @SuppressWarnings("ArrayRecordComponent")
  record Packet(long nanoseconds, int from, int to, int seq, int ack, int flags, byte[] data) {}

  final List<Packet> packets = new ArrayList<>();
  int statistics;

  PcapngReader(Path file) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file));
    assertThat(all.getInt(0)).isEqualTo(0x0a0d0d0a);
    assertThat(all.getInt(8)).isEqualTo(0x1a2b3c4d);
    while (all.hasRemaining()) {
      int start = all.position();
      int type = all.getInt();
      int length = all.getInt();
      assertThat(length % 4).isZero();
      assertThat(all.getInt(start + length - 4)).isEqualTo(length);
      if (type == 1) {
        assertThat(all.getShort(start + 8)).isEqualTo((short) 101);
      } else if (type == 6) {
        int captured = all.getInt(start + 20);
        assertThat(captured).isEqualTo(all.getInt(start + 24));
        packets.add(packet(all.getLong(start + 12), all.slice(start + 28, captured)));
      } else if (type == 5) {
        statistics++;
      }
      all.position(start + length);
    }
  }

  private static Packet packet(long when, ByteBuffer ip) {
    boolean v4 = (ip.get(0) & 0xf0) == 0x40;
    int start = v4 ? 20 : 40;
    int length = ip.limit() - start;
    byte[] pseudo;
    if (v4) {
      assertThat(Short.toUnsignedInt(ip.getShort(2))).isEqualTo(ip.limit());
      assertThat(onesSum(bytes(ip, 0, 20))).isEqualTo(0xffff);
      pseudo = ByteBuffer.allocate(12).put(bytes(ip, 12, 8)).putInt((6 << 16) + length).array();
    } else {
      assertThat(Short.toUnsignedInt(ip.getShort(4))).isEqualTo(length);
      pseudo = ByteBuffer.allocate(40).put(bytes(ip, 8, 32)).putInt(length).putInt(6).array();
    }
    byte[] segment = bytes(ip, start, length);
    byte[] summed = ByteBuffer.allocate(pseudo.length + length).put(pseudo).put(segment).array();
    assertThat(onesSum(summed)).isEqualTo(0xffff);
    ByteBuffer tcp = ByteBuffer.wrap(segment);
    int header = (tcp.get(12) & 0xf0) / 4;
    return new Packet(
        when,
        Short.toUnsignedInt(tcp.getShort(0)),
        Short.toUnsignedInt(tcp.getShort(2)),
        tcp.getInt(4),
        tcp.getInt(8),
        tcp.get(13),
        bytes(tcp, header, length - header));
  }

  /**
   * Joins what {@code from} sent to {@code to}, and checks that no sequence number is out of line.
   */
  byte[] stream(int from, int to) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    Map<Integer, Integer> next = new HashMap<>();
    for (Packet packet : packets) {
      if ((packet.from() == from && packet.to() == to)
          || (packet.from() == to && packet.to() == from)) {
        Integer expected = next.get(packet.from());
        assertThat(packet.seq()).isEqualTo(expected == null ? packet.seq() : expected);
        if ((packet.flags() & 0x10) != 0) {
          assertThat(packet.ack()).isEqualTo(next.get(packet.to()));
        }
        int phantom = (packet.flags() & 0x03) == 0 ? 0 : 1;
        next.put(packet.from(), packet.seq() + packet.data().length + phantom);
        if (packet.from() == from) {
          joined.writeBytes(packet.data());
        }
      }
    }
    return joined.toByteArray();
  }

  private static byte[] bytes(ByteBuffer from, int at, int length) {
    byte[] bytes = new byte[length];
    from.get(at, bytes);
    return bytes;
  }

  private static int onesSum(byte[] bytes) {
    int sum = 0;
    for (int i = 0; i < bytes.length; i++) {
      sum += (bytes[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
  }
}
