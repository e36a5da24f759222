package io.waybill.mail.imap;

/**
 * How far the changes of a folder were told, to be handed in the next time.
 *
 * @param uidValidity under which UIDs
 * @param modSeq the highest mod sequence by then (RFC 7162); 0 if the server does not count changes
 */
public record ChangePoint(long uidValidity, long modSeq) {
  /** Before everything. */
  public static final ChangePoint START = new ChangePoint(0, 0);
}
