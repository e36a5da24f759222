package io.waybill.transfer.tcp.access;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Tells what a balancer says about a connection that it hands on (PROXY protocol version 2,
 * HAProxy's {@code proxy-protocol.txt} 2.2).
 *
 * <pre>
 * 0        12       13      14       16
 * | magic  | ver/cmd | family | length | addresses | type-length-value ... |
 * </pre>
 *
 * Believe it only from addresses that are known to be balancers.
 *
 * @param local whether the balancer speaks for itself (a health check)
 * @param source who connected to the balancer; empty for LOCAL and for a family that it did not
 *     know, where the address of the socket counts
 * @param destination where it connected to; empty when {@code source} is
 */
public record ProxyHeader(
    boolean local, Optional<InetSocketAddress> source, Optional<InetSocketAddress> destination) {
  /** The most bytes that may follow the first 16. */
  public static final int MAX_LENGTH = 1024;

  private static final byte[] SIGNATURE = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };
  private static final int TYPE_CRC32C = 0x03;
  private static final int FIXED = 16;

  /** Gives bytes, as a blocking channel does. */
  @FunctionalInterface
  public interface ByteSource {
    /**
     * Reads at least one byte into {@code target}, at most what remains there; -1 at the end.
     *
     * @throws IOException if reading fails or takes longer than the source allows
     */
    int read(ByteBuffer target) throws IOException;
  }

  /**
   * Reads a header, and no byte beyond it. The source sets the time limit.
   *
   * @throws ProxyHeaderException if the bytes are no header of version 2, it is cut short, longer
   *     than {@link #MAX_LENGTH}, for other than TCP, or its checksum is wrong
   * @throws IOException if the source fails
   */
  public static ProxyHeader read(ByteSource in) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(FIXED + MAX_LENGTH);
    fill(in, header, SIGNATURE.length);
    if (!header.duplicate().flip().equals(ByteBuffer.wrap(SIGNATURE))) {
      throw new ProxyHeaderException(
          "no PROXY protocol v2 header came first; does the balancer send one (send-proxy-v2)?");
    }
    fill(in, header, FIXED);
    int version = (header.get(12) & 0xf0) >> 4;
    if (version != 2) {
      throw new ProxyHeaderException("the PROXY header has version " + version + ", not 2");
    }
    int command = header.get(12) & 0x0f;
    if (command > 1) {
      throw new ProxyHeaderException("the PROXY header has the unknown command " + command);
    }
    int length = Short.toUnsignedInt(header.getShort(14));
    if (length > MAX_LENGTH) {
      throw new ProxyHeaderException(
          "the PROXY header announces " + length + " bytes, more than " + MAX_LENGTH);
    }
    fill(in, header, FIXED + length);
    // for LOCAL everything after the length is to be discarded, the family too
    return command == 0 ? unknown(true) : proxied(header.flip());
  }

  private static ProxyHeader unknown(boolean local) {
    return new ProxyHeader(local, Optional.empty(), Optional.empty());
  }

  private static ProxyHeader proxied(ByteBuffer header) throws IOException {
    int family = header.get(13) & 0xff;
    return switch (family) {
      case 0x00 -> unknown(false);
      case 0x11 -> addressed(header, 4);
      case 0x21 -> addressed(header, 16);
      default ->
          throw new ProxyHeaderException(
              String.format(
                  "the PROXY header is for family and protocol 0x%02x; only TCP over IPv4 (0x11) and"
                      + " IPv6 (0x21) are taken",
                  family));
    };
  }

  private static ProxyHeader addressed(ByteBuffer header, int size) throws IOException {
    int needed = 2 * size + 4;
    if (header.limit() - FIXED < needed) {
      throw new ProxyHeaderException(
          "the PROXY header has "
              + (header.limit() - FIXED)
              + " bytes of addresses, not "
              + needed);
    }
    checkValues(header, FIXED + needed);
    byte[] source = new byte[size];
    byte[] destination = new byte[size];
    header.position(FIXED).get(source).get(destination);
    int sourcePort = Short.toUnsignedInt(header.getShort());
    int destinationPort = Short.toUnsignedInt(header.getShort());
    return new ProxyHeader(
        false,
        Optional.of(new InetSocketAddress(InetAddress.getByAddress(source), sourcePort)),
        Optional.of(new InetSocketAddress(InetAddress.getByAddress(destination), destinationPort)));
  }

  private static void checkValues(ByteBuffer header, int from) throws ProxyHeaderException {
    int at = from;
    boolean checked = false;
    while (at < header.limit()) {
      if (header.limit() - at < 3) {
        throw new ProxyHeaderException("the PROXY header ends within a value's type and length");
      }
      int type = header.get(at) & 0xff;
      int length = Short.toUnsignedInt(header.getShort(at + 1));
      at += 3;
      if (length > header.limit() - at) {
        throw new ProxyHeaderException("a value in the PROXY header is longer than the header");
      }
      if (type == TYPE_CRC32C) {
        if (length != 4 || checked) {
          throw new ProxyHeaderException("the PROXY header's checksum is not one of four bytes");
        }
        checkSum(header, at);
        checked = true;
      }
      at += length;
    }
  }

  private static void checkSum(ByteBuffer header, int at) throws ProxyHeaderException {
    byte[] bytes = new byte[header.limit()];
    header.get(0, bytes);
    Arrays.fill(bytes, at, at + 4, (byte) 0);
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    if ((int) sum.getValue() != header.getInt(at)) {
      throw new ProxyHeaderException("the PROXY header's checksum is wrong");
    }
  }

  private static void fill(ByteSource in, ByteBuffer header, int end) throws IOException {
    header.limit(end);
    while (header.hasRemaining()) {
      int count = in.read(header);
      if (count <= 0) {
        throw new ProxyHeaderException(
            "the connection gave " + header.position() + " bytes of a PROXY header and no more");
      }
    }
  }
}
