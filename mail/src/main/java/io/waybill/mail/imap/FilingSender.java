package io.waybill.mail.imap;

import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.SendReport;
import io.waybill.mail.SentCopy;
import io.waybill.mail.net.CallGuard;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends by another sender and files a copy of what was accepted, within the same deadline. A copy
 * that cannot be filed is a warning in the report: the message was sent all the same.
 */
public final class FilingSender implements FrozenSender {
  private static final Logger log = LoggerFactory.getLogger(FilingSender.class);

  /** What filing has in any case, however long the sending took. */
  private static final Duration LEAST = Duration.ofSeconds(15);

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
    long startNanos = System.nanoTime();
    Cancellable both = new Cancellable(journal);
    SendReport report = sender.send(message, deadline, both);
    if (when == SentCopy.NEVER || report.accepted().isEmpty()) {
      return report;
    }
    journal.answered(report.recipients());
    Duration left = deadline.minusNanos(System.nanoTime() - startNanos);
    try (CallGuard guard = CallGuard.start(left.compareTo(LEAST) > 0 ? left : LEAST)) {
      both.watch(guard);
      return filed(message, report, guard);
    }
  }

  @Override
  public void forgive() {
    sender.forgive();
    folder.forgive();
  }

  private SendReport filed(FrozenMessage message, SendReport report, CallGuard guard) {
    try {
      try {
        file(message, guard);
      } catch (MailException.ConnectionLost first) {
        file(message, guard);
      }
      return report;
    } catch (MailException e) {
      log.warn("mail.copy-not-filed message-id={} error={}", message.messageId(), e.toString());
      return report.withWarning(
          "sent, but its copy could not be put into " + folder + ": " + e.getMessage());
    }
  }

  private void file(FrozenMessage message, CallGuard guard) {
    if (when == SentCopy.APPEND) {
      folder.append(message, guard);
    } else {
      folder.appendIfAbsent(message, guard);
    }
  }

  /** Whoever cancels ends the sending or the filing, whichever it is by then. */
  private static final class Cancellable implements DeliveryJournal {
    private final DeliveryJournal journal;
    private @Nullable CallGuard filing;
    private boolean isCancelled;

    Cancellable(DeliveryJournal journal) {
      this.journal = journal;
    }

    @Override
    public void begun(Runnable cancel) {
      journal.begun(
          () -> {
            cancel.run();
            cancel();
          });
    }

    private synchronized void cancel() {
      isCancelled = true;
      if (filing != null) {
        filing.cancel();
      }
    }

    synchronized void watch(CallGuard guard) {
      filing = guard;
      if (isCancelled) {
        guard.cancel();
      }
    }

    @Override
    public void beforeFinalDot(List<RecipientResult> results) {
      journal.beforeFinalDot(results);
    }

    @Override
    public void answered(List<RecipientResult> results) {
      journal.answered(results);
    }
  }
}
