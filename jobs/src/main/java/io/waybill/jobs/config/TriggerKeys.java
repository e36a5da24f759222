package io.waybill.jobs.config;

import static io.waybill.jobs.ValueType.Scalar.BOOLEAN;
import static io.waybill.jobs.ValueType.Scalar.DURATION;
import static io.waybill.jobs.ValueType.Scalar.INTEGER;
import static io.waybill.jobs.ValueType.Scalar.LOCATION;
import static io.waybill.jobs.ValueType.Scalar.MAILBOX;
import static io.waybill.jobs.ValueType.Scalar.TEXT;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import java.util.List;

/** The keys of what starts a job besides its schedules. */
final class TriggerKeys {
  private static final Key QUIET =
      Key.optional(
          "quiet",
          new ValueType.Group(
              List.of(
                  Key.required(
                      "alert-after",
                      DURATION,
                      "How long nothing may arrive before that is told, once."),
                  Key.optional(
                          "during",
                          TEXT,
                          "The calendar that says which days count; time on other days does not.")
                      .withExample("bank-days"))),
          "When it is told that the source has gone silent, to those of notify.quiet.");

  private static final Key QUARANTINE_AFTER =
      Key.optional(
          "quarantine-after",
          INTEGER,
          "5",
          "After how many failed runs an item is left alone until somebody looks.");

  private static final ValueType.Group FILES =
      new ValueType.Group(
          List.of(
              Key.required("dir", LOCATION, "The directory, here or at a server.")
                  .withExample("/srv/waybill/out"),
              Key.optional(
                      "match",
                      pattern(
                          "A regular expression that is found in the file's name; ^ and $ are its ends."),
                      "Which of its files, one pattern or several; all of them if absent.")
                  .withExample("\"*.xml\""),
              Key.optional(
                      "exclude",
                      new ValueType.ListOf(TEXT),
                      "Patterns of files that are left where they are; what is unfinished by its name never counts: *.tmp, *.part, *.filepart, *.crdownload, *.swp, *~, .~*, ~$*, *.wbpart.")
                  .withExample("\"*.bak\""),
              Key.optional(
                  "recursive",
                  BOOLEAN,
                  "false",
                  "Whether files of directories below count, too; a step that takes one by itself gives it its last name."),
              Key.optional(
                      "settle",
                      DURATION,
                      "How long a file must stay as it is to be finished; 5s if there is no done-file either.")
                  .withExample("10s"),
              Key.optional(
                      "done-file",
                      TEXT,
                      "The name of the file beside it that says so at once: {name}.done; without settle it is the only sign.")
                  .withExample("\"{name}.done\""),
              Key.optional(
                  "order",
                  new ValueType.OneOf(List.of("name", "oldest")),
                  "name",
                  "Which file of those that are there goes first."),
              Key.optional(
                  "poll-every",
                  DURATION,
                  "10s",
                  "The longest time between two looks; the system's events only make them come sooner."),
              Key.optional("batch", INTEGER, "100", "How many files one run gets, at most."),
              QUARANTINE_AFTER,
              QUIET));

  private static final ValueType.Group MAIL_MATCH =
      new ValueType.Group(
          List.of(
              Key.optional(
                      "subject",
                      pattern("A regular expression that is found in the subject."),
                      "The subject; a text is a pattern of all of it: \"*invoice*\".")
                  .withExample("{ regex: \"(?i)invoice\" }"),
              Key.optional(
                      "from",
                      pattern("A regular expression that is found in the author's address."),
                      "The author's address.")
                  .withExample("\"*@supplier.example\""),
              Key.optional(
                      "to",
                      pattern("A regular expression that is found in a recipient's address."),
                      "The address of one of the recipients, cc included.")
                  .withExample("\"invoices@*\""),
              Key.optional(
                      "has-attachment",
                      pattern("A regular expression that is found in an attachment's name."),
                      "The name of one of its attachments; \"*\" is any.")
                  .withExample("\"*.pdf\"")));

  private static final ValueType.Group MAIL =
      new ValueType.Group(
          List.of(
              Key.required(
                  "mailbox", MAILBOX, "The imap connection, and the folder after a colon."),
              Key.optional(
                  "match",
                  MAIL_MATCH,
                  "Which messages: those that fit all that is said; all of them if absent."),
              Key.optional(
                  "watch",
                  new ValueType.OneOf(List.of("idle", "poll")),
                  "idle",
                  "Whether the server is asked to tell of mail as it comes; it is looked for all the same."),
              Key.optional("poll-every", DURATION, "5m", "The longest time between two looks."),
              Key.optional(
                  "start-from",
                  new ValueType.OneOf(List.of("now", "unseen", "all")),
                  "now",
                  "What of the mail that is there already counts, the first time; later it goes on where it was."),
              Key.optional("batch", INTEGER, "100", "How many messages one run gets, at most."),
              QUARANTINE_AFTER,
              QUIET));

  private static final ValueType.Group JOB =
      new ValueType.Group(
          List.of(
              Key.required("name", TEXT, "The other job.").withExample("bank-statements"),
              Key.optional(
                  "when",
                  new ValueType.ListOf(
                      new ValueType.OneOf(List.of("success", "partial", "failure"))),
                  "success",
                  "Which of its ends count; one that was cancelled or skipped never does.")));

  static final ValueType.Group TRIGGER =
      new ValueType.Group(
          List.of(
              Key.optional("files", FILES, "Files arrive in a directory."),
              Key.optional("mail", MAIL, "Mail arrives in a folder."),
              Key.optional("job", JOB, "A run of another job ends.")),
          List.of("files", "mail", "job"));

  private TriggerKeys() {}

  /** Patterns, or one regular expression. */
  private static ValueType pattern(String regex) {
    return new ValueType.AnyOf(
        List.of(
            new ValueType.ListOf(TEXT),
            new ValueType.Group(
                List.of(Key.required("regex", TEXT, regex).withExample("\"^[0-9]{8}_\"")))));
  }
}
