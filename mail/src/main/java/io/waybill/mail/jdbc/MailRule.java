package io.waybill.mail.jdbc;

import java.util.List;

/**
 * Something that holds of the rows of this module's tables, beyond what their keys already say.
 *
 * @param table whose rows it is about
 * @param meaning what is wrong with a row that breaks it, for a person
 * @param query returns the id of each row that breaks it, the same on H2 and PostgreSQL
 */
public record MailRule(String table, String meaning, String query) {
  private static final String WAITING = "('QUEUED', 'SENDING', 'DEFERRED', 'UNKNOWN')";

  /** Returns all of them. */
  public static List<MailRule> all() {
    return List.of(
        new MailRule(
            "wb_mail_outbox",
            "waits and has lost its content, or a part of it",
            "SELECT id FROM wb_mail_outbox o WHERE state IN "
                + WAITING
                + " AND size_bytes <> (SELECT COALESCE(SUM(OCTET_LENGTH(bytes)), 0)"
                + " FROM wb_mail_outbox_chunk c WHERE c.outbox_id = o.id)"),
        new MailRule(
            "wb_mail_outbox",
            "has no recipient",
            "SELECT id FROM wb_mail_outbox o WHERE NOT EXISTS"
                + " (SELECT 1 FROM wb_mail_outbox_recipient r WHERE r.outbox_id = o.id)"),
        new MailRule(
            "wb_mail_outbox",
            "is being sent, and nobody is named who does",
            "SELECT id FROM wb_mail_outbox WHERE state = 'SENDING' AND owner = ''"));
  }
}
