package io.waybill.mail.outbox;

import io.waybill.mail.Address;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.Reply;
import io.waybill.mail.SendReport;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server in memory: answers for each recipient as it is told at the time. Thread-safe. */
final class ScriptedSender implements FrozenSender {
  /** The Message-IDs of everything whose final dot was reached, once for each time. */
  final List<String> dots = new CopyOnWriteArrayList<>();

  volatile Function<Address, Status> answers = address -> Status.ACCEPTED;
  volatile String deferral = "4.3.0 later";

  /** Asked before anything else; what it returns is thrown. */
  volatile Supplier<@Nullable RuntimeException> trouble = () -> null;

  @Override
  public SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal) {
    RuntimeException failure = trouble.get();
    if (failure != null) {
      throw failure;
    }
    try (InputStream in = message.open()) {
      in.readAllBytes();
    } catch (IOException e) {
      throw new MailException.ContentUnavailable("frozen message", e);
    }
    List<RecipientResult> atDot = new ArrayList<>();
    List<RecipientResult> results = new ArrayList<>();
    for (Address address : message.envelope().recipients()) {
      Status status = answers.apply(address);
      RecipientResult result = RecipientResult.of(address, status, Phase.DOT, reply(status));
      results.add(result);
      atDot.add(
          status == Status.ACCEPTED || status == Status.UNKNOWN
              ? RecipientResult.of(address, Status.UNKNOWN, Phase.DOT, null)
              : result);
    }
    boolean isSent = atDot.stream().anyMatch(r -> r.status() == Status.UNKNOWN);
    if (isSent) {
      journal.beforeFinalDot(atDot);
      dots.add(message.messageId());
    }
    return SendReport.builder(message.messageId()).recipients(results).build();
  }

  private @Nullable Reply reply(Status status) {
    return switch (status) {
      case ACCEPTED -> new Reply(250, "2.0.0 Ok: queued as X1");
      case DEFERRED -> new Reply(451, deferral);
      case REJECTED -> new Reply(550, "5.1.1 no such user");
      default -> null;
    };
  }
}
