package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.SendReport;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Sends for the outbox, which knows what mail alone can suffer from: a secret that is not there or
 * a file that cannot be read is told to it as a login that failed, so that the account rests and
 * the others go on.
 */
final class BackgroundSender implements FrozenSender {
  private final String server;
  private final String user;
  private final Supplier<FrozenSender> shared;

  /**
   * Prepares; nothing is opened yet.
   *
   * @param server as {@code host:port}
   * @param shared opens the sender, or returns the one that is open, which stays so
   */
  BackgroundSender(String server, String user, Supplier<FrozenSender> shared) {
    this.server = server;
    this.user = user;
    this.shared = shared;
  }

  @Override
  public SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    try {
      return shared.get().send(message, deadline, journal);
    } catch (JobException e) {
      throw failed(server, user, e);
    }
  }

  @Override
  public void forgive() {
    try {
      shared.get().forgive();
    } catch (JobException e) {
      throw failed(server, user, e);
    }
  }

  /** Tells the mail module of a failure that it does not know. */
  static MailException failed(String server, String user, JobException e) {
    return new MailException.AuthenticationFailed(
        server, user, String.valueOf(e.getMessage()), e.isTransient(), e);
  }
}
