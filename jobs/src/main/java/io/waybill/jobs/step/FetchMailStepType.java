package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.mail.inbox.MailSearch;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code mail.fetch}: reads messages and leaves the mailbox as it was. */
public final class FetchMailStepType implements StepType<FetchMailStep> {

  @Override
  public String name() {
    return "mail.fetch";
  }

  @Override
  public String doc() {
    return "Reads messages of a mailbox; flags and folders stay as they are.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        Key.required(
            "mailbox", Scalar.MAILBOX, "The imap connection, and the folder after a colon."),
        Key.optional(
            "match",
            new ValueType.Group(
                List.of(
                    Key.optional("subject", Scalar.TEXT, "Text within the subject.")
                        .withExample("Orders"),
                    Key.optional("from", Scalar.TEXT, "Text within the author.")
                        .withExample("partner.example"),
                    Key.optional("message-id", Scalar.TEXT, "The exact Message-ID.")
                        .withExample("\"${steps.report.message-id}\""))),
            "Which messages; all of them if absent."),
        Key.optional("limit", Scalar.INTEGER, "100", "Read at most so many, the oldest."),
        Key.optional(
            "expect",
            new ValueType.Group(
                List.of(
                    Key.optional(
                        "min-messages",
                        Scalar.INTEGER,
                        "0",
                        "With fewer the step fails as transient, so that a retry waits for"
                            + " them."))),
            "What the mailbox is expected to hold."));
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "messages",
        "a list with mailbox, folder, uid-validity, uid, message-id, subject, from, to, date,"
            + " received-at, size, text (as far as 2,000 characters), attachments (name, type,"
            + " size, digest) and defects of each message, the oldest first; what"
            + " mail.save-attachments, mail.reply, mail.forward and mail.file take as message");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of(
        "messages",
        ValueKind.listOf(
            "mailbox",
            "folder",
            "uid-validity",
            "uid",
            "message-id",
            "subject",
            "from",
            "to",
            "date",
            "received-at",
            "size",
            "text",
            "attachments",
            "defects"));
  }

  @Override
  public FetchMailStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<Connection.Mailbox> mailbox =
        parts.part(
            "mailbox", () -> connections.require(account(arguments), Connection.Mailbox.class));
    Part<Integer> limit = parts.part("limit", () -> limit(arguments.integer("limit")));
    Part<FetchMailStep.Match> match = parts.part("match", () -> match(arguments.group("match")));
    return parts.together(
        () ->
            new FetchMailStep(
                mailbox.get(),
                folder(arguments),
                match.get(),
                limit.get(),
                arguments.group("expect").map(e -> e.integer("min-messages")).orElse(0L)));
  }

  private static String account(Arguments arguments) {
    String mailbox = arguments.text("mailbox");
    int colon = mailbox.indexOf(':');
    return colon < 0 ? mailbox : mailbox.substring(0, colon);
  }

  private static String folder(Arguments arguments) {
    String mailbox = arguments.text("mailbox");
    int colon = mailbox.indexOf(':');
    return colon < 0 ? "INBOX" : mailbox.substring(colon + 1);
  }

  private static int limit(long limit) {
    if (limit < 1 || limit > 10_000) {
      throw new JobException.Configuration("\"limit\" is from 1 to 10000, not " + limit);
    }
    return (int) limit;
  }

  private static FetchMailStep.Match match(Optional<Arguments> group) {
    StepParts parts = new StepParts();
    MailSearch.Builder trial = MailSearch.builder();
    parts.check("subject", () -> text(group, "subject").ifPresent(trial::subject));
    parts.check("from", () -> text(group, "from").ifPresent(trial::from));
    parts.check("message-id", () -> text(group, "message-id").ifPresent(trial::messageId));
    return parts.together(
        () ->
            new FetchMailStep.Match(
                text(group, "subject"), text(group, "from"), text(group, "message-id")));
  }

  private static Optional<String> text(Optional<Arguments> group, String key) {
    return group.flatMap(each -> each.optionalText(key));
  }

  @Override
  public StepHandler<FetchMailStep> handler(StepServices services) {
    return new FetchMailHandler(services);
  }
}
