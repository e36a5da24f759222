package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.SendReport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Sends for the outbox, which knows what mail alone can suffer from: a secret that is not there or
 * a file that cannot be read is told to it as a login that failed, so that the account rests and
 * the others go on.
 */
final class BackgroundSender implements MailSender {
  private final String server;
  private final String user;
  private final Supplier<MailSender> shared;

  /**
   * Prepares; nothing is opened yet.
   *
   * @param server as {@code host:port}
   * @param shared opens the sender, or returns the one that is open, which stays so
   */
  BackgroundSender(String server, String user, Supplier<MailSender> shared) {
    this.server = server;
    this.user = user;
    this.shared = shared;
  }

  @Override
  public SendReport send(Message message) {
    return translated(() -> shared.get().send(message));
  }

  @Override
  public SendReport send(Message message, Duration deadline) {
    return translated(() -> shared.get().send(message, deadline));
  }

  @Override
  public SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    return translated(() -> shared.get().send(message, deadline, journal));
  }

  @Override
  public CompletableFuture<SendReport> sendAsync(Message message) {
    return translated(() -> shared.get().sendAsync(message));
  }

  @Override
  public CompletableFuture<SendReport> sendAsync(
      FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    return translated(() -> shared.get().sendAsync(message, deadline, journal));
  }

  private <T> T translated(Supplier<T> work) {
    try {
      return work.get();
    } catch (JobException e) {
      throw failed(server, user, e);
    }
  }

  /** Tells the mail module of a failure that it does not know. */
  static MailException failed(String server, String user, JobException e) {
    return new MailException.AuthenticationFailed(
        server, user, String.valueOf(e.getMessage()), e.isTransient(), e);
  }

  /** Leaves the shared sender open. */
  @Override
  public void close() {}
}
