package io.waybill.transfer.tcp.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** A balancer's first bytes may come from somebody else. */
class ProxyHeaderFuzzTest {
  private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
  private static final int FIXED = 16;

  /** The first byte says what is repaired: signature and version, length, checksum. */
  @FuzzTest(maxDuration = "30s")
  void bytesAreAHeaderOrRefused(byte[] input) throws IOException {
    int repairs = input.length == 0 ? 0 : input[0];
    byte[] bytes = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
    repair(bytes, repairs);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      ProxyHeader header = ProxyHeader.read(target -> oneByte(in, target));
      int length = ByteBuffer.wrap(bytes).getShort(14) & 0xffff;
      assertThat(in.position()).isEqualTo(FIXED + length);
      assertThat(header.source().isPresent()).isEqualTo(header.destination().isPresent());
      assertThat(header.local() && header.source().isPresent()).isFalse();
      ByteBuffer again = written(header);
      assertThat(ProxyHeader.read(target -> oneByte(again, target))).isEqualTo(header);
    } catch (ProxyHeaderException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
      assertThat(in.position()).isLessThanOrEqualTo(FIXED + ProxyHeader.MAX_LENGTH);
    }
  }

  private static void repair(byte[] bytes, int repairs) {
    if ((repairs & 1) != 0 && bytes.length >= FIXED) {
      System.arraycopy(SIGNATURE, 0, bytes, 0, SIGNATURE.length);
      bytes[12] = (byte) (0x20 | (bytes[12] & 1));
    }
    if ((repairs & 2) != 0 && bytes.length >= FIXED) {
      ByteBuffer.wrap(bytes).putShort(14, (short) (bytes.length - FIXED));
    }
    int sum = bytes.length - 4;
    if ((repairs & 4) != 0 && sum >= FIXED + 3) { // the last value is the checksum
      ByteBuffer.wrap(bytes).put(sum - 3, (byte) 3).putShort(sum - 2, (short) 4).putInt(sum, 0);
      CRC32C crc = new CRC32C();
      crc.update(bytes);
      ByteBuffer.wrap(bytes).putInt(sum, (int) crc.getValue());
    }
  }

  private static int oneByte(ByteBuffer from, ByteBuffer to) {
    if (!from.hasRemaining()) {
      return -1;
    }
    to.put(from.get());
    return 1;
  }

  private static ByteBuffer written(ProxyHeader header) {
    ByteBuffer bytes = ByteBuffer.allocate(FIXED + 36).put(SIGNATURE);
    bytes.put((byte) (header.local() ? 0x20 : 0x21));
    if (header.source().isEmpty() || header.destination().isEmpty()) {
      return bytes.put((byte) 0).putShort((short) 0).flip();
    }
    InetSocketAddress source = header.source().get();
    InetSocketAddress destination = header.destination().get();
    // Java turns the IPv6 form of an IPv4 address into the latter
    int size = Math.max(length(source), length(destination));
    bytes.put((byte) (size == 4 ? 0x11 : 0x21)).putShort((short) (2 * size + 4));
    bytes.put(address(source, size)).put(address(destination, size));
    bytes.putShort((short) source.getPort()).putShort((short) destination.getPort());
    return bytes.flip();
  }

  private static int length(InetSocketAddress address) {
    return address.getAddress().getAddress().length;
  }

  private static byte[] address(InetSocketAddress socket, int size) {
    InetAddress address = socket.getAddress();
    byte[] bytes = address.getAddress();
    if (bytes.length == size) {
      return bytes;
    }
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    System.arraycopy(bytes, 0, mapped, 12, 4);
    return mapped;
  }
}
