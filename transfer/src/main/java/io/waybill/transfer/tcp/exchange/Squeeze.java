package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.Use;

/**
 * Decides whether compressing pays on one connection, from what sending and compressing took there
 * lately. Not safe for use by several threads.
 *
 * <p>Worked: a link of 200 Mbit/s takes 40 ns a byte. Compressing at 400 MB/s takes 2.5 ns, so it
 * pays as soon as a byte shrinks by more than 2.5 / 40 = 6 %; at 10 % less it is left alone anyway.
 * Over loopback a byte takes 0.5 ns, and nothing pays.
 */
public final class Squeeze {
  private static final double LARGEST_SHARE = 0.9;
  private static final double NANOS_AT_FIRST = 2.5;
  private static final double QUICKLY = 0.5;
  private static final double SLOWLY = 0.1;

  private final Use use;
  private double linkNanos;
  private double packNanos = NANOS_AT_FIRST;

  /** Knows nothing yet: under AUTO the first bodies go as they are. */
  public Squeeze(Use use) {
    this.use = use;
  }

  /** Looks at some of a body. */
  @FunctionalInterface
  public interface Sample {
    /** What it shrinks to, as a share of what it was. */
    double share();
  }

  /** Says whether a body is worth compressing; the sample is taken only if the link is slow. */
  public boolean pays(Sample sample) {
    if (use != Use.AUTO) {
      return use == Use.ALWAYS;
    }
    if (linkNanos <= packNanos) {
      return false;
    }
    double share = sample.share();
    return share <= LARGEST_SHARE && (1 - share) * linkNanos > packNanos;
  }

  /**
   * Notes that a body was sent.
   *
   * @param nanos what that took, the wait for credit included
   * @param wasPacked whether it was compressed: a link that then has time to spare is not fast
   */
  public void sent(long wireBytes, long nanos, boolean wasPacked) {
    if (wireBytes > 0) {
      double now = (double) nanos / wireBytes;
      double weight = wasPacked && now < linkNanos ? SLOWLY : QUICKLY;
      linkNanos = linkNanos == 0 ? now : linkNanos + weight * (now - linkNanos);
    }
  }

  /** Notes that a body was compressed. */
  public void packed(long bytes, long nanos) {
    if (bytes > 0) {
      packNanos += QUICKLY * ((double) nanos / bytes - packNanos);
    }
  }
}
