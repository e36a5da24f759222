package io.waybill.transfer.watch;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Time that passes without hints. */
final class Pauses implements Hints {
  private final CountDownLatch closed = new CountDownLatch(1);

  @Override
  public void await(long leastNanos, long mostNanos) throws InterruptedException {
    closed.await(Math.max(leastNanos, mostNanos), TimeUnit.NANOSECONDS);
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  @Override
  public Optional<WatchTrouble> watch(Collection<String> paths) {
    return Optional.empty();
  }

  @Override
  public void reset() {}

  @Override
  public void close() {
    closed.countDown();
  }
}
