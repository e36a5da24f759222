package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.SendReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Sends by a shared sender and ends with a scope: the one connection in use is closed then. */
final class ScopedSender implements MailSender {
  private final MailSender shared;
  private final CancelScope scope;

  ScopedSender(MailSender shared, CancelScope scope) {
    this.shared = shared;
    this.scope = scope;
  }

  @Override
  public SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    Ending ending = new Ending(journal);
    try {
      return shared.send(message, deadline, ending);
    } finally {
      ending.registration.close();
    }
  }

  private final class Ending implements DeliveryJournal {
    private final DeliveryJournal journal;
    private CancelScope.Registration registration = () -> {};

    Ending(DeliveryJournal journal) {
      this.journal = journal;
    }

    @Override
    public void begun(Runnable cancel) {
      registration = scope.register(cancel::run);
      journal.begun(cancel);
    }

    @Override
    public void beforeFinalDot(List<RecipientResult> results) {
      journal.beforeFinalDot(results);
    }
  }

  @Override
  public SendReport send(Message message) {
    return shared.send(message);
  }

  @Override
  public SendReport send(Message message, Duration deadline) {
    return shared.send(message, deadline);
  }

  @Override
  public CompletableFuture<SendReport> sendAsync(Message message) {
    return shared.sendAsync(message);
  }

  @Override
  public CompletableFuture<SendReport> sendAsync(
      FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    return shared.sendAsync(message, deadline, journal);
  }

  /** Leaves the shared sender open. */
  @Override
  public void close() {}
}
