package io.waybill.mail;

/** What becomes, by itself, of a message that may or may not have been accepted. */
public enum UnknownPolicy {
  /** Nothing: a person decides. */
  ASK,
  /** The same bytes, with the same Message-ID, go out again; a recipient may get them twice. */
  RESEND,
  /**
   * It is looked for in the Sent folder, which servers that file what they accept keep: found, it
   * counts as sent; else it goes out again.
   */
  LOOK_THEN_RESEND
}
