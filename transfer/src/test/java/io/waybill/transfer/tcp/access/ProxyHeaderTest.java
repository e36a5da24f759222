package io.waybill.transfer.tcp.access;

import static io.waybill.transfer.tcp.access.ProxyHeaderWriter.header;
import static io.waybill.transfer.tcp.access.ProxyHeaderWriter.join;
import static io.waybill.transfer.tcp.access.ProxyHeaderWriter.summed;
import static io.waybill.transfer.tcp.access.ProxyHeaderWriter.tcp4;
import static io.waybill.transfer.tcp.access.ProxyHeaderWriter.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProxyHeaderTest {
  @Test
  void readsTheSourceAndNotAByteMore() throws IOException {
    byte[] noise = value(0xea, (byte) 1, (byte) 2);
    ByteBuffer in = ByteBuffer.wrap(join(tcp4(noise), new byte[] {'H', 'I'}));
    for (int piece : new int[] {1, 3, 5000}) {
      in.rewind();
      ProxyHeader read = read(in, piece);
      assertThat(read.source()).contains(new InetSocketAddress("10.1.2.3", 1024));
      assertThat(read.destination()).contains(new InetSocketAddress("10.0.0.1", 80));
      assertThat(read.local()).isFalse();
      assertThat(in.remaining()).isEqualTo(2);
    }
  }

  @Test
  void readsIpv6() throws IOException {
    byte[] rest = new byte[36];
    rest[15] = 1;
    rest[33] = 7;
    ProxyHeader read = read(ByteBuffer.wrap(header(0x21, 0x21, rest)), 9);
    assertThat(read.source())
        .contains(new InetSocketAddress(InetAddress.getAllByName("::1")[0], 7));
  }

  @Test
  void localAndUnknownFamiliesHaveNoSource() throws IOException {
    ProxyHeader local = read(ByteBuffer.wrap(header(0x20, 0x31, new byte[20])), 99);
    assertThat(local.local()).isTrue();
    assertThat(local.source()).isEmpty();
    ProxyHeader unknown = read(ByteBuffer.wrap(header(0x21, 0x00, new byte[5])), 99);
    assertThat(unknown.local()).isFalse();
    assertThat(unknown.source()).isEmpty();
  }

  @Test
  void checksumCountsWhenItIsThere() throws IOException {
    byte[] good = summed(tcp4(value(4, (byte) 0), value(3, new byte[4])));
    assertThat(read(ByteBuffer.wrap(good), 99).source()).isPresent();
    for (int i = 16; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x40;
      // a value's type or length may turn it into one that has no checksum: those are not asked
      // here
      if (i < 28 || i >= good.length - 4) {
        refused(bad, "checksum is wrong");
      }
    }
    refused(tcp4(value(3, new byte[3])), "four bytes");
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] whole = tcp4(value(4, (byte) 0));
    for (int length = 0; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length), "");
    }
  }

  @Test
  void whatIsNotVersion2OverTcpIsRefused() {
    refused(
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
        "send-proxy-v2");
    refused(header(0x11, 0x11, new byte[12]), "version 1");
    refused(header(0x22, 0x11, new byte[12]), "command 2");
    refused(header(0x21, 0x12, new byte[12]), "0x12");
    refused(header(0x21, 0x22, new byte[36]), "0x22");
    refused(header(0x21, 0x31, new byte[216]), "0x31");
    refused(header(0x21, 0x11, new byte[11]), "11 bytes of addresses");
    refused(header(0x21, 0x21, new byte[35]), "35 bytes of addresses");
    refused(header(0x21, 0x11, new byte[1025]), "more than 1024");
    refused(header(0x21, 0x11, new byte[14]), "ends within");
    refused(tcp4(new byte[] {4, 0, 2, 0}), "longer than the header");
  }

  private static void refused(byte[] bytes, String why) {
    assertThatThrownBy(() -> read(ByteBuffer.wrap(bytes), 99))
        .isInstanceOf(ProxyHeaderException.class)
        .hasMessageContaining(why);
  }

  private static ProxyHeader read(ByteBuffer in, int piece) throws IOException {
    return ProxyHeader.read(
        target -> {
          int count = Math.min(piece, Math.min(in.remaining(), target.remaining()));
          if (count == 0) {
            return -1;
          }
          target.put(in.slice(in.position(), count));
          in.position(in.position() + count);
          return count;
        });
  }
}
