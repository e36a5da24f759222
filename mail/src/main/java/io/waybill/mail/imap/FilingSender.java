package io.waybill.mail.imap;

import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.SendReport;
import io.waybill.mail.SentCopy;
import io.waybill.mail.mime.PreparedMessage;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends by another sender and files a copy of what was accepted. A copy that cannot be filed, at
 * the second try too, is a warning in the report: the message was sent all the same.
 */
public final class FilingSender implements MailSender {
  private static final Logger log = LoggerFactory.getLogger(FilingSender.class);

  private final MailSender sender;
  private final SentFolder folder;
  private final SentCopy when;
  private final Clock clock;

  /** Files into this folder what {@code sender} has sent; both stay the caller's. */
  public FilingSender(MailSender sender, SentFolder folder, SentCopy when, Clock clock) {
    this.sender = sender;
    this.folder = folder;
    this.when = when;
    this.clock = clock;
  }

  @Override
  public SendReport send(Message message) {
    try (PreparedMessage prepared = PreparedMessage.of(message, clock)) {
      return send(prepared, MailSender.defaultDeadline(prepared.sizeBytes()), DeliveryJournal.NONE);
    }
  }

  @Override
  public SendReport send(Message message, Duration deadline) {
    try (PreparedMessage prepared = PreparedMessage.of(message, clock)) {
      return send(prepared, deadline, DeliveryJournal.NONE);
    }
  }

  @Override
  public SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    return filed(message, sender.send(message, deadline, journal));
  }

  @Override
  public CompletableFuture<SendReport> sendAsync(Message message) {
    // Not filed on the thread that completes the future: that one only cares for the sending.
    PreparedMessage prepared = PreparedMessage.of(message, clock);
    return sendAsync(
            prepared, MailSender.defaultDeadline(prepared.sizeBytes()), DeliveryJournal.NONE)
        .whenComplete((report, failure) -> prepared.close());
  }

  @Override
  public CompletableFuture<SendReport> sendAsync(
      FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    return sender.sendAsync(message, deadline, journal).thenApply(report -> filed(message, report));
  }

  private SendReport filed(FrozenMessage message, SendReport report) {
    if (when == SentCopy.NEVER || report.accepted().isEmpty()) {
      return report;
    }
    try {
      file(message);
      return report;
    } catch (MailException first) {
      try {
        file(message);
        return report;
      } catch (MailException second) {
        log.warn(
            "mail.copy-not-filed message-id={} error={}", message.messageId(), second.toString());
        return report.withWarning(
            "sent, but its copy could not be put into " + folder + ": " + second.getMessage());
      }
    }
  }

  private void file(FrozenMessage message) {
    if (when == SentCopy.APPEND || !folder.contains(message.messageId())) {
      folder.append(message);
    }
  }

  /** Closes the sender. */
  @Override
  public void close() {
    sender.close();
  }
}
