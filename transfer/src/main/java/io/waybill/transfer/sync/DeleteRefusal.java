package io.waybill.transfer.sync;

/**
 * Why nothing is deleted or renamed though something would be.
 *
 * @param reason the rule that forbids it
 * @param files how many files only the target has
 * @param message what is wrong and what to do
 */
public record DeleteRefusal(Reason reason, long files, String message) {
  /** The rules, in the order in which they are looked at. */
  public enum Reason {
    /** Something could not be looked at: what seems to be gone may be there. */
    LISTING_INCOMPLETE,
    /** The source has no file at all: rather a disk that is not mounted. */
    SOURCE_EMPTY,
    /** Something else is in the way of the copy, so that the target will not be complete. */
    CONFLICTS,
    /** More files than are allowed. */
    TOO_MANY,
    /** Something could not be copied. */
    COPY_FAILED
  }
}
