package io.waybill.scheduler.store;

import java.util.concurrent.locks.ReentrantLock;

/** Runs and attempts in memory; one transaction at a time. */
final class MemoryRecords implements RunRecords {
  private final ReentrantLock turn = new ReentrantLock();
  private final MemoryRunRows rows;

  /** Makes them; see {@link MemoryStore}. */
  MemoryRecords(int kept) {
    rows = new MemoryRunRows(kept);
  }

  @Override
  public <T> T run(String doing, Work<T> work) {
    turn.lock();
    try {
      T result = work.with(rows);
      rows.commit();
      return result;
    } catch (RuntimeException | Error e) {
      rows.rollBack();
      throw e;
    } finally {
      turn.unlock();
    }
  }

  // memory is never away
  @Override
  public <T> T patiently(String doing, Work<T> work) {
    return run(doing, work);
  }
}
