package io.waybill.jobs;

/**
 * A piece of a run's log: whole lines, unless one is longer than a piece.
 *
 * @param text what it says
 * @param from where it begins, in bytes of what the source has
 * @param next where what follows begins; {@code from} if nothing is there yet
 * @param source where it comes from
 * @param isEnded whether nothing will be added any more to what the source has
 */
public record LogPiece(String text, long from, long next, Source source, boolean isEnded) {

  /** Where a log comes from. */
  public enum Source {
    /** The file, in which all of it is. */
    FILE,
    /** The store, in which all of it is. */
    STORE,
    /** The store, in which only its end is. */
    STORE_CUT,
    /** Nowhere: the run has said nothing on this machine. */
    NONE
  }

  /** Returns whether this is all that there will ever be behind {@code from}. */
  public boolean isLast() {
    return isEnded && next == from;
  }
}
