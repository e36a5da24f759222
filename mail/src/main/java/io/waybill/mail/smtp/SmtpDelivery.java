package io.waybill.mail.smtp;

import io.waybill.mail.Address;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MessageEncoding;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.SendTimings;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one message over one session: refuses here what the server has said it cannot take, and
 * makes as many transactions as its limit on recipients demands.
 */
final class SmtpDelivery {
  private static final Logger log = LoggerFactory.getLogger(SmtpDelivery.class);

  private final SmtpSession session;
  private final FrozenMessage message;
  private final DeliveryJournal journal;
  private final SmtpSession.Stage stage;
  private final RecipientResults results;
  private SendTimings timings = SendTimings.NONE;

  SmtpDelivery(
      SmtpSession session,
      FrozenMessage message,
      RecipientResults results,
      DeliveryJournal journal,
      SmtpSession.Stage stage) {
    this.session = session;
    this.message = message;
    this.journal = journal;
    this.stage = stage;
    this.results = results;
  }

  /**
   * Returns a result for each recipient. An exception means that no final dot was sent; once one
   * was, whatever goes wrong is a result. What was heard of recipients until then is kept.
   */
  List<RecipientResult> run() throws IOException {
    refuseHere();
    Deque<Address> waiting = new ArrayDeque<>(results.notAttempted());
    while (!waiting.isEmpty() && !session.isBroken()) {
      List<Address> group = next(waiting);
      try {
        transact(group).forEach(waiting::addLast);
      } catch (IOException | RuntimeException e) {
        if (!results.isPartlySent()) {
          throw e;
        }
        // Some have it, so this is a report; those who were not reached stay "not attempted".
        log.warn(
            "mail.rest-not-attempted message-id={} recipients={} error={}",
            message.messageId(),
            results.notAttempted().size(),
            e.toString());
        abort(e);
      }
    }
    return results.list();
  }

  private void abort(Exception reason) {
    try {
      session.abort();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  /** What was asked for and not done, although the message went. */
  List<String> warnings() {
    return message.envelope().dsn().isPresent() && !session.capabilities().offers("DSN")
        ? List.of("the server does not offer DSN, so no delivery reports were asked of it")
        : List.of();
  }

  SendTimings timings() {
    return timings;
  }

  private List<Address> transact(List<Address> group) throws IOException {
    SmtpTransaction transaction = new SmtpTransaction(session, message, results, journal, stage);
    try {
      return transaction.run(group);
    } finally {
      timings = timings.plus(transaction.timings());
    }
  }

  private List<Address> next(Deque<Address> waiting) {
    List<Address> group = new ArrayList<>();
    for (int i = session.mostRecipients(); i > 0 && !waiting.isEmpty(); i--) {
      group.add(waiting.removeFirst());
    }
    return group;
  }

  private void refuseHere() {
    whyNobody().ifPresent(why -> refuse(results.notAttempted(), why));
    if (!session.capabilities().offers("SMTPUTF8")) {
      refuse(
          results.notAttempted().stream().filter(Address::needsUtf8).toList(),
          "the server does not offer SMTPUTF8, which this address needs");
    }
  }

  private Optional<String> whyNobody() {
    SmtpCapabilities server = session.capabilities();
    OptionalLong largest = server.largestMessage();
    if (largest.isPresent() && message.sizeBytes() > largest.getAsLong()) {
      return Optional.of(
          "the message has %d bytes, the server takes %d"
              .formatted(message.sizeBytes(), largest.getAsLong()));
    }
    boolean isUtf8 =
        message.encoding() == MessageEncoding.UTF8
            || message.envelope().sender().filter(Address::needsUtf8).isPresent();
    if (isUtf8 && !server.offers("SMTPUTF8")) {
      return Optional.of(
          message.encoding() == MessageEncoding.UTF8
              ? "the server does not offer SMTPUTF8, which the message's headers need"
              : "the server does not offer SMTPUTF8, which the sender's address needs");
    }
    if (message.encoding() == MessageEncoding.EIGHT_BIT && !server.offers("8BITMIME")) {
      return Optional.of("the server does not offer 8BITMIME, which the message's content needs");
    }
    return Optional.empty();
  }

  private void refuse(List<Address> recipients, String why) {
    recipients.forEach(each -> results.put(RecipientResult.local(each, Status.REJECTED, why)));
  }
}
