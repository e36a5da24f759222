package io.waybill.scheduler;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Generates ULIDs: 26 characters that sort by time, and strictly within one generator.
 *
 * <pre>
 *  01KAGW8T2M      9VZ1QK4Y7H3B5CDE
 * |----------|    |----------------|
 *  48 bits:        80 bits: random, or the previous value plus one
 *  epoch millis    within a millisecond or when the clock goes back
 * </pre>
 *
 * <p>Safe for use by many threads. Source: github.com/ulid/spec.
 */
public final class Ulid {
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int LENGTH = 26;
  private static final int TIME_LENGTH = 10;
  private static final int RANDOM_BYTES = 10;

  private final InstantSource clock;
  private final RandomGenerator random;
  private long lastMillis = -1;
  private short lastHigh;
  private long lastLow;

  /**
   * Makes a generator.
   *
   * @param clock source of the time part
   * @param random source of the random part; a {@code SecureRandom} where ids must not be guessed
   */
  public Ulid(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** Returns the next identifier, greater than every earlier one of this generator. */
  public synchronized String next() {
    long millis = clock.millis();
    if (millis > lastMillis) {
      startMillisecond(millis);
    } else if (++lastLow == 0 && ++lastHigh == 0) {
      startMillisecond(lastMillis + 1);
    }
    return encode(lastMillis, lastHigh, lastLow);
  }

  private void startMillisecond(long millis) {
    lastMillis = millis;
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    ByteBuffer drawn = ByteBuffer.wrap(bytes);
    lastHigh = drawn.getShort();
    lastLow = drawn.getLong();
  }

  // five bits a character; the lower long's first four go with the sixteen above it
  private static String encode(long millis, short high, long low) {
    char[] text = new char[LENGTH];
    write(text, LENGTH, 12, low);
    write(text, LENGTH - 12, 4, (high & 0xFFFFL) << 4 | low >>> 60);
    write(text, TIME_LENGTH, TIME_LENGTH, millis);
    return new String(text);
  }

  private static void write(char[] text, int end, int count, long value) {
    long rest = value;
    for (int i = end - 1; i >= end - count; i--) {
      text[i] = ALPHABET.charAt((int) rest & 31);
      rest >>>= 5;
    }
  }

  /** Returns whether the text has the form of an identifier; case does not matter. */
  public static boolean isValid(String text) {
    return text.length() == LENGTH
        && text.charAt(0) <= '7'
        && text.toUpperCase(Locale.ROOT).chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
  }

  /**
   * Returns when an identifier was made, to the millisecond.
   *
   * @throws IllegalArgumentException if the text has not the form of one
   */
  public static Instant instant(String id) {
    if (!isValid(id)) {
      throw new IllegalArgumentException("\"" + id + "\" is no ULID");
    }
    long millis = 0;
    for (char c : id.substring(0, TIME_LENGTH).toUpperCase(Locale.ROOT).toCharArray()) {
      millis = millis << 5 | ALPHABET.indexOf(c);
    }
    return Instant.ofEpochMilli(millis);
  }

  /**
   * Returns what no identifier of this moment or a later one is less than.
   *
   * @throws IllegalArgumentException if the moment is before 1970
   */
  public static String leastOf(Instant moment) {
    if (moment.toEpochMilli() < 0) {
      throw new IllegalArgumentException("no ULID is of " + moment);
    }
    return encode(moment.toEpochMilli(), (short) 0, 0);
  }
}
