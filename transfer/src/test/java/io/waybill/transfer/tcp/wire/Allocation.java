package io.waybill.transfer.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/** Holds what is read from a stranger to the memory that its length justifies. */
public final class Allocation {
  // where Jazzer looks for inputs, it instruments classes as they are loaded, on the same thread
  // and
  // with memory of its own: then only the size of the heap is a limit
  private static final long ALLOWANCE =
      Boolean.getBoolean("jazzer.hooks") ? Runtime.getRuntime().maxMemory() * 16 : 1 << 20;

  /**
   * What allocates.
   *
   * @param <T> what it yields
   */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException;
  }

  private Allocation() {}

  /** Does the work on this thread, which may take that many bytes, and a fixed allowance. */
  public static <T> T within(long bytes, Work<T> work) throws IOException {
    long before = allocatedBytes();
    try {
      return work.run();
    } finally {
      assertThat(allocatedBytes() - before).isLessThan(ALLOWANCE + bytes);
    }
  }

  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
