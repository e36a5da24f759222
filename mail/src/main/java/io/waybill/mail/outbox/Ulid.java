package io.waybill.mail.outbox;

import java.time.Instant;
import java.util.random.RandomGenerator;

/** Makes ULIDs: 48 bits of milliseconds and 80 of randomness in 26 characters that sort by time. */
final class Ulid {
  private static final char[] ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();

  private Ulid() {}

  static String at(Instant time, RandomGenerator random) {
    char[] text = new char[26];
    // 10 characters of 5 bits hold the time; two of 40 random bits fill 8 characters each.
    encode(time.toEpochMilli(), text, 0, 10);
    encode(random.nextLong(), text, 10, 8);
    encode(random.nextLong(), text, 18, 8);
    return new String(text);
  }

  private static void encode(long bits, char[] text, int offset, int length) {
    long rest = bits;
    for (int i = offset + length - 1; i >= offset; i--) {
      text[i] = ALPHABET[(int) (rest & 31)];
      rest >>>= 5;
    }
  }
}
