package io.waybill.mail.mime;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Makes texts that nobody can guess and that occur in no other message: 128 bits in hex. */
final class UniqueId {
  private static final int BYTES = 16;

  private UniqueId() {}

  static String next(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
