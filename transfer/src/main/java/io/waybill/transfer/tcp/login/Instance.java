package io.waybill.transfer.tcp.login;

import io.waybill.transfer.tcp.wire.WireException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Which running client it is: random, and the same for all of its connections, so that a new one
 * may take over what an old one, half dead, still holds.
 *
 * @param hex 16 bytes
 */
public record Instance(String hex) {
  private static final int BYTES = 16;

  /** Makes one. */
  public static Instance random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new Instance(HexFormat.of().formatHex(bytes));
  }

  static Instance of(byte[] bytes) throws WireException {
    if (bytes.length != BYTES) {
      throw WireException.violation("INSTANCE has " + bytes.length + " bytes, not " + BYTES);
    }
    return new Instance(HexFormat.of().formatHex(bytes));
  }

  byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }
}
