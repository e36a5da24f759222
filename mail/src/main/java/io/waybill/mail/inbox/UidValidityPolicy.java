package io.waybill.mail.inbox;

/** What is done when a folder's UIDs count anew, as after it was recreated or restored. */
public enum UidValidityPolicy {
  /**
   * Messages are recognised by their headers: what was handled is not handled again, and what is
   * new is. What had been there before the first run and was not wanted then is told by when it
   * came into the mailbox.
   */
  REMATCH,
  /** What is there counts as handled. */
  SKIP_EXISTING,
  /** Everything is handled, also what was before. */
  REPROCESS,
  /** Nothing is read until somebody decides. */
  STOP
}
