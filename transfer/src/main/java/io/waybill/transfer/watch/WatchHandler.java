package io.waybill.transfer.watch;

import java.util.Collection;
import java.util.List;

/** Is given what a watch finds, by the thread that runs it. */
public interface WatchHandler {
  /**
   * Takes files that are finished. What this throws ends the watch, and all of the batch count as
   * not taken.
   *
   * @param batch in the order asked for, never empty
   * @return those that could not be dealt with: they come again after the interval, or longer the
   *     more often they did
   */
  Collection<Arrival> arrived(List<Arrival> batch) throws InterruptedException;

  /**
   * Is told of each look that saw all there is, after what it has found was handed over.
   *
   * @param look what is there; to be asked before this returns
   */
  default void looked(LastLook look) throws InterruptedException {}

  /** Is told of trouble once, and again when its message changes. */
  void trouble(WatchTrouble trouble);

  /** Is told that a trouble is over. */
  default void over(WatchTrouble trouble) {}
}
