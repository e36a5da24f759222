package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.StepCall;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.Reply;
import io.waybill.mail.outbox.Outbox;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.transfer.WireTap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends by way of the outbox: frozen and stored under its key first, so that no retry or restart
 * sends it twice.
 */
public final class OutboxSubmission implements MailSubmission {
  private final Outbox outbox;
  private final Function<CancelScope, SocketFactory> sockets;
  private final WireTap tap;

  public OutboxSubmission(
      Outbox outbox, Function<CancelScope, SocketFactory> sockets, WireTap tap) {
    this.outbox = outbox;
    this.sockets = sockets;
    this.tap = tap;
  }

  @Override
  public Receipt submit(Connection.Outgoing via, Message message, String key, StepCall call) {
    OutboxEntry entry = outbox.enqueue(message, key);
    boolean isEarlier = entry.state().isFinal();
    if (!isEarlier) {
      try (MailSender sender =
          SmtpSender.connect(MailAccounts.of(via, sockets.apply(call.cancel()), tap))) {
        entry = outbox.deliver(entry.id(), sender);
      }
    }
    return receipt(via.host() + ":" + via.port(), entry, isEarlier);
  }

  private static Receipt receipt(String server, OutboxEntry entry, boolean isEarlier) {
    return switch (entry.state()) {
      case SENT, PARTIAL ->
          new Receipt(
              entry.messageId(),
              recipients(entry, status -> status == Status.ACCEPTED),
              recipients(entry, status -> status != Status.ACCEPTED),
              entry.sizeBytes(),
              isEarlier);
      case UNKNOWN -> throw new MailException.Ambiguous(server, entry.messageId());
      case FAILED -> throw new MailException.Refused(server, what(entry), reply(entry));
      case QUEUED, SENDING, DEFERRED ->
          throw new MailException.Deferred(server, what(entry), reply(entry));
    };
  }

  private static String what(OutboxEntry entry) {
    return "message " + entry.messageId() + " (outbox " + entry.id() + ")";
  }

  private static @Nullable Reply reply(OutboxEntry entry) {
    return entry.recipients().stream()
        .map(RecipientResult::reply)
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(null);
  }

  private static List<String> recipients(OutboxEntry entry, Predicate<Status> which) {
    return entry.recipients().stream()
        .filter(result -> which.test(result.status()))
        .map(result -> result.recipient().address())
        .toList();
  }
}
