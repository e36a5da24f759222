package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.TextMatch;
import io.waybill.jobs.Trigger;
import io.waybill.jobs.json.Plain;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.imap.MailboxWatcher;
import io.waybill.mail.imap.WatchSettings;
import io.waybill.mail.inbox.Ack;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.PollReport;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.transfer.file.NamePattern;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Watches the folder of a trigger, and tells of each message that fits what {@code mail.fetch}
 * tells of it. How far the folder was read is kept in a ledger, for each job by itself: each
 * message is told of at least once, and again only if a process ended before that was written down.
 */
public final class MailArrivals {
  private static final Duration LONGEST_IDLE = Duration.ofMinutes(4);
  private static final char SLASH = '\u2215'; // the division slash

  private final Trigger.MailArrives trigger;
  private final Connection.Mailbox mailbox;
  private final StepServices services;
  private final MailLedger ledger;
  private final PollSpec spec;
  private final Told told;

  /** Hears of messages. */
  @FunctionalInterface
  public interface Told {
    /**
     * A message has come.
     *
     * @param place what it is called for good, in its mailbox
     * @param item what {@code ${item}} yields of it
     * @throws RuntimeException if it could not be written down: it is told of again
     */
    void arrived(String place, Map<String, Object> item);
  }

  /**
   * Prepares; nothing is connected yet.
   *
   * @param job whose trigger it is
   * @throws JobException.Configuration if the connection is unknown, or of another kind
   */
  public MailArrivals(
      String job,
      Trigger.MailArrives trigger,
      StepServices services,
      MailLedger ledger,
      Told told) {
    this.trigger = trigger;
    this.mailbox =
        services.connections().require(trigger.folder().connection(), Connection.Mailbox.class);
    this.services = services;
    this.ledger = ledger;
    this.told = told;
    this.spec =
        PollSpec.builder()
            .folder(trigger.folder().name())
            .from(start(trigger.watching().start()))
            .ledgerName("job " + job + " " + mailbox.name())
            .build();
  }

  private static StartFrom start(Trigger.Start start) {
    return switch (start) {
      case NOW -> StartFrom.NOW;
      case UNSEEN -> StartFrom.UNSEEN;
      case ALL -> StartFrom.ALL;
    };
  }

  /** Watches by IDLE and looks by itself too, until what this returns is closed. */
  public MailboxWatcher watch(CancelScope scope) {
    Duration poll = trigger.intake().pollEvery();
    Duration idle = poll.compareTo(LONGEST_IDLE) < 0 ? poll : LONGEST_IDLE;
    WatchSettings usual = WatchSettings.defaults();
    return MailboxWatcher.start(
        account(scope),
        spec,
        ledger,
        this::handle,
        usual.withIdle(idle, usual.answer()).withPoll(poll, poll),
        services.clock(),
        new Random());
  }

  /**
   * Looks once.
   *
   * @throws io.waybill.mail.MailException if the mailbox or the ledger fails
   */
  public PollReport poll(CancelScope scope) {
    try (MailboxReader reader = MailboxReader.connect(account(scope))) {
      return reader.poll(spec, ledger, this::handle);
    }
  }

  /**
   * Says whether a message that was found is still in its folder.
   *
   * @throws io.waybill.mail.MailException if the mailbox fails
   */
  public boolean isThere(Map<String, Object> item, CancelScope scope) {
    try (MailboxReader reader = MailboxReader.connect(account(scope))) {
      return reader.each(
              trigger.folder().name(),
              Plain.number(item, "uid-validity"),
              List.of(Plain.number(item, "uid")),
              MimeLimits.defaults(),
              message -> {})
          > 0;
    } catch (MailException.MailboxChanged | MailException.MailboxNotFound e) {
      return false; // its number is of another message by now, or of none
    }
  }

  private MailAccount account(CancelScope scope) {
    return services.mailboxes().account(mailbox, services.sockets().apply(scope));
  }

  private void handle(InboundMail inbound, Ack ack) throws Exception {
    try (ParsedMail mail = inbound.mail()) {
      if (fits(mail)) {
        Map<String, Object> item = MailItem.plain(mailbox, inbound);
        told.arrived(
            mailbox.login().user()
                + "@"
                + mailbox.host()
                + ":"
                + inbound.folder()
                + ";"
                + inbound.uidValidity()
                + ";"
                + inbound.uid(),
            item);
      }
    }
  }

  private boolean fits(ParsedMail mail) throws InterruptedException {
    Trigger.MailChoice choice = trigger.choice();
    return fits(choice.subject(), Stream.of(mail.subject()))
        && fits(choice.from(), mail.from().stream().map(each -> each.address()))
        && fits(
            choice.to(),
            Stream.concat(mail.to().stream(), mail.cc().stream()).map(each -> each.address()))
        && fits(choice.attachment(), mail.attachments().stream().map(each -> each.name()));
  }

  private static boolean fits(Optional<TextMatch> match, Stream<String> texts)
      throws InterruptedException {
    if (match.isEmpty()) {
      return true;
    }
    for (String text : texts.toList()) {
      if (fits(match.get(), text)) {
        return true;
      }
    }
    return false;
  }

  private static boolean fits(TextMatch match, String text) throws InterruptedException {
    if (match instanceof TextMatch.Regex regex) {
      return EndableText.of(text).has(Pattern.compile(regex.expression()));
    }
    return ((TextMatch.Patterns) match)
        .patterns().stream()
            .anyMatch(pattern -> NamePattern.of(plain(pattern)).matches(plain(text)));
  }

  // no path: a slash is like any other character; and people write addresses and names as they like
  private static String plain(String text) {
    return text.toLowerCase(Locale.ROOT).replace('/', SLASH);
  }
}
