package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.step.MailSenders;
import io.waybill.mail.AutoSubmitted;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.mail.outbox.EnqueueRequest;
import io.waybill.mail.outbox.Outbox;
import io.waybill.mail.outbox.OutboxEntry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Tells by mail, through the outbox: an alert is queued there once, under a key of its own, and
 * goes out when the server is there.
 */
final class MailWay {
  /** How long the outbox tries. */
  static final Duration EXPIRY = Duration.ofHours(24);

  private final Outbox outbox;
  private final MailSenders senders;
  private final Clock clock;

  MailWay(Outbox outbox, MailSenders senders, Clock clock) {
    this.outbox = outbox;
    this.senders = senders;
    this.clock = clock;
  }

  /**
   * Queues an alert, unless it is, and says what became of it.
   *
   * @throws JobException.Configuration if its connection is not there
   * @throws MailException if it cannot be queued
   */
  Outcome send(Alert alert, AlertChannel.Mail channel, Connections connections) {
    return outcome(queued(alert, channel, connections));
  }

  /**
   * Makes one attempt now.
   *
   * @throws JobException.Configuration if its connection is not there
   * @throws MailException if it cannot be queued, or another is at it
   */
  Outcome attempt(Alert alert, AlertChannel.Mail channel, Connections connections) {
    OutboxEntry entry = queued(alert, channel, connections);
    FrozenSender sender = senders.sender(channel.via()).orElseThrow(() -> gone(channel));
    boolean isSent = false;
    try {
      Outcome outcome = outcome(outbox.deliver(entry.id(), sender));
      isSent = outcome.state() == Alert.State.SENT;
      return outcome;
    } finally {
      if (!isSent) {
        outbox.withdraw(entry.id()); // a test that comes hours later tells nobody anything
      }
    }
  }

  private OutboxEntry queued(Alert alert, AlertChannel.Mail channel, Connections connections) {
    String key = "alert/" + alert.id() + "/" + channel.name();
    Optional<OutboxEntry> earlier = outbox.findByKey(key);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    Connection.Outgoing via =
        connections
            .find(channel.via())
            .filter(Connection.Outgoing.class::isInstance)
            .map(Connection.Outgoing.class::cast)
            .orElseThrow(() -> gone(channel));
    Message message = message(alert, channel);
    EnqueueRequest request =
        EnqueueRequest.builder(key)
            .account(via.name())
            .subject(message.subject())
            .expiry(EXPIRY)
            .build();
    try (PreparedMessage prepared = MailSenders.preparer(via, clock).prepare(message)) {
      return outbox.enqueue(prepared, request);
    }
  }

  private static JobException.Configuration gone(AlertChannel.Mail channel) {
    return new JobException.Configuration(
        "there is no connection \"%s\" of type smtp any more".formatted(channel.via()));
  }

  private static Message message(Alert alert, AlertChannel.Mail channel) {
    return Message.builder()
        .from(channel.from())
        .to(channel.to().toArray(String[]::new))
        .subject("[waybill] " + alert.words().subject())
        .text(alert.words().text() + "\n\nAlert " + alert.id() + "\n")
        .autoSubmitted(AutoSubmitted.AUTO_GENERATED)
        .build();
  }

  private static Outcome outcome(OutboxEntry entry) {
    String error = entry.lastError().map(text -> ": " + text).orElse("");
    return switch (entry.state()) {
      case SENT -> new Outcome(Alert.State.SENT, "outbox " + entry.id());
      case PARTIAL ->
          new Outcome(
              Alert.State.SENT, "outbox " + entry.id() + ": some recipients were refused" + error);
      case FAILED, EXPIRED ->
          new Outcome(Alert.State.FAILED, "outbox " + entry.id() + " was given up" + error);
      case UNKNOWN ->
          new Outcome(
              Alert.State.WAITING,
              "nobody knows whether outbox " + entry.id() + " was accepted" + error);
      case QUEUED, SENDING, DEFERRED ->
          new Outcome(Alert.State.WAITING, "in the outbox as " + entry.id() + error);
    };
  }
}
