package io.waybill.mail.imap;

import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.SendReport;
import io.waybill.mail.SentCopy;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends by another sender and files a copy of what was accepted. A copy that cannot be filed, at
 * the second try too, is a warning in the report: the message was sent all the same.
 */
public final class FilingSender implements FrozenSender {
  private static final Logger log = LoggerFactory.getLogger(FilingSender.class);

  private final FrozenSender sender;
  private final SentFolder folder;
  private final SentCopy when;

  /** Files into this folder what {@code sender} has sent; both stay the caller's. */
  public FilingSender(FrozenSender sender, SentFolder folder, SentCopy when) {
    this.sender = sender;
    this.folder = folder;
    this.when = when;
  }

  @Override
  public SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    SendReport report = sender.send(message, deadline, journal);
    if (when == SentCopy.NEVER || report.accepted().isEmpty()) {
      return report;
    }
    journal.answered(report.recipients());
    return filed(message, report);
  }

  private SendReport filed(FrozenMessage message, SendReport report) {
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
}
