package io.waybill.transfer.watch;

import java.util.Collection;
import java.util.Optional;

/** Lets time pass between two looks, and less of it if something seems to have happened. */
interface Hints extends AutoCloseable {
  /**
   * Waits.
   *
   * @param leastNanos however much happens
   * @param mostNanos if nothing does
   */
  void await(long leastNanos, long mostNanos) throws InterruptedException;

  /** Ends the wait that is on, or else the next one, as if something had happened. */
  void wake();

  /**
   * Says which directories are of interest from now on, and no others.
   *
   * @param paths below the watched directory, which is the empty one
   * @return why nothing will be heard of them; empty if it will
   */
  Optional<WatchTrouble> watch(Collection<String> paths);

  /** The directory is another one by now: what was asked for before is of no use. */
  void reset();

  /** Ends all waits, now and later. */
  @Override
  void close();
}
