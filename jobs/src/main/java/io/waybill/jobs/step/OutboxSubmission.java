package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.StepCall;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.Reply;
import io.waybill.mail.mime.MessagePreparer;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.mail.outbox.EnqueueRequest;
import io.waybill.mail.outbox.Outbox;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.OutboxState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends by way of the outbox: frozen and stored under its key first, so that no retry or restart
 * sends it twice. The step makes the attempts itself while it waits; what is left when it ends goes
 * by itself where a daemon sends in the background.
 */
public final class OutboxSubmission implements MailSubmission {
  /** How what an operator dropped is marked. */
  private static final String GIVEN_UP = "given up by an operator";

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final Duration FIRST_IS_OURS = Duration.ofSeconds(30);

  private final Outbox outbox;
  private final MailSenders senders;
  private final Clock clock;

  public OutboxSubmission(Outbox outbox, MailSenders senders, Clock clock) {
    this.outbox = outbox;
    this.senders = senders;
    this.clock = clock;
  }

  @Override
  public Receipt submit(Request request, StepCall call) {
    OutboxEntry entry = enqueue(request);
    boolean isEarlier = entry.state().isFinal();
    if (request.until() == Until.QUEUED && !isEarlier) {
      return receipt(entry, List.of(), List.of(), false);
    }
    FrozenSender sender = new ScopedSender(senders.of(request.via()), call.cancel());
    while (!entry.state().isFinal()) {
      if (isDue(entry)) {
        entry = attempt(entry, sender);
      } else {
        awaitChange(entry, call);
        entry = outbox.find(entry.id()).orElse(entry);
      }
    }
    return settled(request.via().host() + ":" + request.via().port(), entry, isEarlier);
  }

  @Override
  public void check(Connection.Outgoing via, CancelScope scope, Duration deadline) {
    senders.check(via, scope, deadline);
  }

  @Override
  public Optional<String> abandon(String key) {
    Optional<OutboxEntry> entry = outbox.findByKey(key);
    return entry.flatMap(
        left ->
            switch (left.state()) {
              case QUEUED, DEFERRED, SENDING ->
                  Optional.of(
                      outbox.withdraw(left.id())
                          ? "its message was taken out of the outbox and is not sent"
                          : "its message stays in the outbox as "
                              + left.id()
                              + " and goes out from there: \"waybill outbox drop "
                              + left.id()
                              + "\" ends that");
              case UNKNOWN ->
                  Optional.of(
                      "then say which it is: waybill outbox resolve "
                          + left.id()
                          + " --as sent, resend or drop");
              case SENT, PARTIAL, FAILED, EXPIRED -> Optional.empty();
            });
  }

  private OutboxEntry enqueue(Request request) {
    Optional<OutboxEntry> earlier = outbox.findByKey(request.key());
    if (earlier.isPresent()) {
      return earlier.get(); // nothing is read or signed for it again
    }
    Message message = request.message().compose();
    EnqueueRequest.Builder how =
        EnqueueRequest.builder(request.key())
            .account(request.via().name())
            .subject(message.subject());
    request.expiry().ifPresent(how::expiry);
    if (request.until() == Until.ACCEPTED) {
      how.backgroundAfter(FIRST_IS_OURS);
    }
    MessagePreparer preparer =
        MailSenders.preparer(request.via(), request.message().seals(), clock);
    try (PreparedMessage prepared = preparer.prepare(message)) {
      return outbox.enqueue(prepared, how.build());
    }
  }

  private boolean isDue(OutboxEntry entry) {
    return entry.state() == OutboxState.QUEUED
        || (entry.state() == OutboxState.DEFERRED
            && entry.nextAttemptAt().filter(at -> at.isAfter(clock.instant())).isEmpty());
  }

  private OutboxEntry attempt(OutboxEntry entry, FrozenSender sender) {
    try {
      return outbox.deliver(entry.id(), sender);
    } catch (MailException.OutboxConflict e) {
      if (!e.isTransient()) {
        throw e;
      }
      return outbox.find(entry.id()).orElseThrow(() -> e); // somebody else is at work on it
    }
  }

  private void awaitChange(OutboxEntry entry, StepCall call) {
    if (entry.state() == OutboxState.DEFERRED) {
      String until = entry.nextAttemptAt().map(Instant::toString).orElse("now");
      call.progress().moved("deferred until " + until + ": " + entry.lastError().orElse(""), 0, -1);
    }
    CountDownLatch ended = new CountDownLatch(1);
    try (CancelScope.Registration registration = call.cancel().register(ended::countDown)) {
      if (ended.await(LOOK_AGAIN.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new MailException.Cancelled("outbox", "waiting for " + what(entry), null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MailException.Cancelled("outbox", "waiting for " + what(entry), e);
    }
  }

  private static Receipt settled(String server, OutboxEntry entry, boolean isEarlier) {
    return switch (entry.state()) {
      case SENT, PARTIAL ->
          receipt(
              entry,
              recipients(entry, Status.ACCEPTED, result -> result.recipient().address()),
              recipients(entry, Status.REJECTED, RecipientResult::toString),
              isEarlier);
      case UNKNOWN -> throw new MailException.Ambiguous(server, entry.messageId());
      case FAILED -> {
        if (entry.lastError().filter(error -> error.startsWith(GIVEN_UP)).isPresent()) {
          throw new MailException.OutboxConflict(
              entry.id(),
              "was given up by an operator, and its key with it: a new message needs another dedupe"
                  + " key",
              false);
        }
        throw new MailException.Refused(
            isEarlier ? server + " (an earlier time)" : server, what(entry) + reason(entry), null);
      }
      case EXPIRED ->
          throw new MailException.Refused(
              server,
              what(entry) + " for too long (" + entry.lastError().orElse("no reason") + ")",
              reply(entry));
      case QUEUED, SENDING, DEFERRED ->
          throw new IllegalStateException("it waits until the state is final");
    };
  }

  private static Receipt receipt(
      OutboxEntry entry, List<String> accepted, List<String> refused, boolean isEarlier) {
    return new Receipt(
        entry.messageId(),
        entry.subject(),
        entry.id(),
        accepted,
        refused,
        entry.sizeBytes(),
        isEarlier);
  }

  private static String what(OutboxEntry entry) {
    return "message " + entry.messageId() + " (outbox " + entry.id() + ")";
  }

  private static String reason(OutboxEntry entry) {
    return entry.lastError().map(error -> ": " + error).orElse("");
  }

  private static @Nullable Reply reply(OutboxEntry entry) {
    return entry.recipients().stream()
        .map(RecipientResult::reply)
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(null);
  }

  private static List<String> recipients(
      OutboxEntry entry, Status status, Function<RecipientResult, String> as) {
    return entry.recipients().stream().filter(result -> result.status() == status).map(as).toList();
  }
}
