package io.waybill.mail.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Holds what is made of a stranger's bytes to the processor time that their number justifies. */
final class CpuTime {
  /**
   * The worst input known takes 300 ns a byte, most take 20. What costs the square of its length is
   * far above that at the sizes that are tried.
   */
  private static final long NANOS_PER_BYTE = 500;

  /**
   * Any input may be the first of its JVM, which then loads each class from its jar and interprets
   * it: up to a second on a machine with much to do. Only this thread's own time counts, neither
   * that of the compiler nor that of others. Where Jazzer looks for inputs, it instruments classes
   * as they are loaded, on this thread, and counts each branch.
   */
  private static final long ALLOWANCE = Duration.ofSeconds(2).toNanos();

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
