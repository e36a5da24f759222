package io.waybill.mail.imap;

import io.waybill.mail.mime.ParsedMail;

/**
 * Holds one message of a mailbox; it needs no open connection.
 *
 * @param folder the folder it was read from
 * @param uidValidity the folder's UIDVALIDITY: the UID means nothing without it
 * @param uid the message's UID
 * @param mail the parsed content
 */
public record InboundMail(String folder, long uidValidity, long uid, ParsedMail mail)
    implements AutoCloseable {
  /** Deletes the temporary files of large attachments. */
  @Override
  public void close() {
    mail.close();
  }
}
