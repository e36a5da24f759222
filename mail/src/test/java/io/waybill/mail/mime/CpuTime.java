package io.waybill.mail.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Holds what is made of a stranger's bytes to the processor time that their number justifies. */
final class CpuTime {
  /**
   * Most of mail takes 20 ns a byte; boundaries as long and as many as are looked for, of what they
   * divide, take 300.
   */
  private static final long NANOS_PER_BYTE = 500;

  /**
   * Any input may be the first of its JVM, which then loads each class from its jar and interprets
   * it; a header block full of what is no address takes 0.9 s then, the most of all kept inputs.
   * Only this thread's own time counts, neither that of the compiler nor that of other processes.
   * What takes the square of its length takes longer than this at the sizes that are tried.
   */
  private static final long ALLOWANCE = Duration.ofSeconds(3).toNanos();

  /** Where Jazzer looks for inputs, each branch and each comparison is noted. */
  private static final int SLOWDOWN = Boolean.getBoolean("jazzer.hooks") ? 2 : 1;

  /** What takes time. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  private CpuTime() {}

  /** Does the work on this thread. */
  static void within(long bytes, Work work) throws IOException {
    long before = spent();
    work.run();
    assertThat(Duration.ofNanos(spent() - before))
        .isLessThan(Duration.ofNanos(SLOWDOWN * (ALLOWANCE + NANOS_PER_BYTE * bytes)));
  }

  private static long spent() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
