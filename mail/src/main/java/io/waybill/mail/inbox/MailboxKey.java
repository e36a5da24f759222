package io.waybill.mail.inbox;

/**
 * Names a folder in the ledger.
 *
 * @param account what the account is called, as in {@code ops@imap.example.org:993}
 * @param folder the folder
 */
public record MailboxKey(String account, String folder) {
  @Override
  public String toString() {
    return folder + " of " + account;
  }
}
