package io.waybill.scheduler.store;

/**
 * Keeps runs and attempts in this process's memory, for applications whose jobs need no past: there
 * is no database, and nothing is left when the process ends.
 *
 * <p>The finished runs that ended last are kept with their attempts, older ones are forgotten;
 * unfinished ones never. One owner works with it at a time: to a second {@link RunStore} of the
 * same store, what the first one holds is a dead owner's.
 */
public final class MemoryStore {
  /** How many finished runs are kept unless said otherwise. */
  public static final int DEFAULT_KEPT = 10_000;

  private final MemoryRecords records;

  /** Makes an empty store that keeps 10,000 finished runs. */
  public MemoryStore() {
    this(DEFAULT_KEPT);
  }

  /**
   * Makes an empty store.
   *
   * @param kept how many finished runs it keeps, and more while they are shards of an unfinished
   *     one
   * @throws IllegalArgumentException if there are less than one
   */
  public MemoryStore(int kept) {
    if (kept < 1) {
      throw new IllegalArgumentException("a store keeps at least 1 finished run");
    }
    records = new MemoryRecords(kept);
  }

  MemoryRecords records() {
    return records;
  }
}
