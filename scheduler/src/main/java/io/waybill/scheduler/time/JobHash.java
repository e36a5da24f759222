package io.waybill.scheduler.time;

import java.nio.charset.StandardCharsets;

/**
 * Spreads jobs by their names: the same name always gives the same number, on every machine and in
 * every version.
 */
final class JobHash {
  private JobHash() {}

  /**
   * Returns a number of a job.
   *
   * @param purpose numbers of one job for different purposes have nothing to do with each other
   * @param bound 1 or more
   * @return 0 to {@code bound - 1}
   */
  static int of(String job, String purpose, int bound) {
    // FNV-1a, and then the finish of splitmix64: names that differ in their last letter go far
    long hash = 0xcbf29ce484222325L;
    for (byte each : (job + '\n' + purpose).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return (int) Long.remainderUnsigned(hash ^ (hash >>> 31), bound);
  }
}
