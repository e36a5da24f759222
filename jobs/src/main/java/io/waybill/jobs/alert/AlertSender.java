package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.MailSenders;
import io.waybill.jobs.step.WebRequestSender;
import io.waybill.mail.outbox.Outbox;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Tells somebody, on whatever way his channel has. */
public final class AlertSender {
  private final Supplier<Configuration> configuration;
  private final MailWay mail;
  private final WebRequestSender web;
  private final CommandWay command = new CommandWay();
  private final CancelScope scope = new CancelScope();

  /**
   * Prepares.
   *
   * @param configuration asked for channels and connections each time
   */
  public AlertSender(
      Supplier<Configuration> configuration,
      Outbox outbox,
      MailSenders senders,
      StepServices services,
      Clock clock) {
    this.configuration = configuration;
    this.mail = new MailWay(outbox, senders, clock);
    this.web = new WebRequestSender(services);
  }

  /**
   * Makes an attempt; mail is only queued.
   *
   * @throws JobException if it fails, or there is no such channel
   * @throws io.waybill.transfer.TransferException if a server does not answer
   * @throws io.waybill.mail.MailException if mail cannot be queued
   */
  Outcome send(Alert alert, String channel) throws InterruptedException {
    AlertChannel found = require(channel);
    return found instanceof AlertChannel.Mail to
        ? mail.send(alert, to, configuration.get().connections())
        : directly(alert, found);
  }

  /**
   * Makes an attempt now, on whatever way.
   *
   * @throws JobException if it fails, or there is no such channel
   * @throws io.waybill.transfer.TransferException if a server does not answer
   * @throws io.waybill.mail.MailException if mail cannot be queued
   */
  Outcome sendNow(Alert alert, String channel) throws InterruptedException {
    AlertChannel found = require(channel);
    return found instanceof AlertChannel.Mail to
        ? mail.attempt(alert, to, configuration.get().connections())
        : directly(alert, found);
  }

  boolean isMail(String channel) {
    return find(channel).filter(AlertChannel.Mail.class::isInstance).isPresent();
  }

  private AlertChannel require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new JobException.NotFound(
                    "there is no alert channel \"%s\"; there are: %s"
                        .formatted(
                            name,
                            configuration.get().alerts().stream()
                                .map(AlertChannel::name)
                                .toList())));
  }

  private Optional<AlertChannel> find(String name) {
    return configuration.get().alerts().stream()
        .filter(channel -> channel.name().equals(name))
        .findFirst();
  }

  private Outcome directly(Alert alert, AlertChannel channel) throws InterruptedException {
    if (channel instanceof AlertChannel.Command program) {
      return command.send(alert, program);
    }
    AlertChannel.Webhook hook = (AlertChannel.Webhook) channel;
    String url =
        hook.address() instanceof AlertChannel.Address.Hidden hidden
            ? hidden.url().get()
            : ((AlertChannel.Address.Plain) hook.address()).url();
    Map<String, String> headers = new LinkedHashMap<>(hook.headers());
    hook.secretHeaders().forEach((name, value) -> headers.put(name, value.get()));
    web.send(
        new WebRequestSender.Request(
            url,
            hook.address() instanceof AlertChannel.Address.Hidden,
            headers,
            Optional.of(WebhookBody.of(alert, hook.form()))),
        scope);
    return new Outcome(Alert.State.SENT, "");
  }

  /** Ends what is under way. */
  void close() {
    scope.cancel(CancelScope.Cause.SHUTDOWN);
  }
}
