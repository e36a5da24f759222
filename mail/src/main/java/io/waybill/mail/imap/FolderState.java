package io.waybill.mail.imap;

/**
 * What the server said of a folder when it was opened.
 *
 * @param name the folder
 * @param uidValidity what its UIDs hold for; 0 if the server did not say
 * @param uidNext the UID that the next message will have at least; 0 if the server did not say
 * @param modSeq the highest mod sequence in it (RFC 7162); 0 if the server does not count changes
 * @param messages how many there are
 * @param isWritable whether it was opened to change anything in it
 */
record FolderState(
    String name, long uidValidity, long uidNext, long modSeq, int messages, boolean isWritable) {
  /** The highest that a UID can be (RFC 3501 9). */
  static final long MAX_UID = 0xffff_ffffL;
}
