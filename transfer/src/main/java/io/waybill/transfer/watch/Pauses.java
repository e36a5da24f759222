package io.waybill.transfer.watch;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Time that passes without hints but those of {@link #wake}. */
final class Pauses implements Hints {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean isClosed;
  private boolean isWoken;

  @Override
  public void await(long leastNanos, long mostNanos) throws InterruptedException {
    long began = System.nanoTime();
    lock.lockInterruptibly();
    try {
      long passed = 0;
      while (!isClosed
          && passed < Math.max(leastNanos, mostNanos)
          && !(isWoken && passed >= leastNanos)) {
        long until = isWoken ? leastNanos : Math.max(leastNanos, mostNanos);
        changed.await(until - passed, TimeUnit.NANOSECONDS);
        passed = System.nanoTime() - began;
      }
      isWoken = false;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void wake() {
    lock.lock();
    try {
      isWoken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return isClosed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<WatchTrouble> watch(Collection<String> paths) {
    return Optional.empty();
  }

  @Override
  public void reset() {}

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
