package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.SendReport;
import java.time.Duration;
import java.util.List;

/** Sends by a shared sender and ends with a scope: the one connection in use is closed then. */
public final class ScopedSender implements FrozenSender {
  private final FrozenSender shared;
  private final CancelScope scope;

  /** Sends by {@code shared}, which stays open, until {@code scope} is cancelled. */
  public ScopedSender(FrozenSender shared, CancelScope scope) {
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

  @Override
  public void forgive() {
    shared.forgive();
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

    @Override
    public void answered(List<RecipientResult> results) {
      journal.answered(results);
    }
  }
}
