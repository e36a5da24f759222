package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.MailSubmission.Until;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.step.AnswerMailStep.Kind;
import io.waybill.mail.Address;
import io.waybill.mail.Message;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.Replies;
import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.ParsedMail;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Carries out {@code mail.reply} and {@code mail.forward}: first every message is read and what
 * answers it is frozen in the outbox; only then the step waits for servers, as the mailbox would
 * not wait so long.
 */
final class AnswerMailHandler implements StepHandler<AnswerMailStep> {
  private static final String LEFT_OUT = "why";
  private static final int MOST_RECIPIENTS = 50;

  private final StepServices services;

  AnswerMailHandler(StepServices services) {
    this.services = services;
  }

  @Override
  public StepResult execute(AnswerMailStep step, StepCall call) {
    Map<String, Map<String, Object>> known = new LinkedHashMap<>(call.journal().items());
    try (MailRound round = new MailRound(services, call)) {
      List<MailItem> left =
          step.messages().stream().filter(each -> !known.containsKey(each.key())).toList();
      round.read(
          left,
          MimeLimits.defaults(),
          (item, mail) -> {
            Map<String, Object> receipt = begin(item, mail, step, call);
            call.journal().done(item.key(), receipt);
            known.put(item.key(), receipt);
          });
      round.closeReaders();
      long bytes = 0;
      List<Map<String, Object>> sent = new ArrayList<>();
      List<Map<String, Object>> leftOut = new ArrayList<>();
      for (MailItem each : step.messages()) {
        Map<String, Object> receipt = known.getOrDefault(each.key(), Map.of());
        if (receipt.containsKey(LEFT_OUT)) {
          leftOut.add(receipt);
        } else if (!receipt.isEmpty()) {
          bytes += Plain.number(receipt, "size");
          round.attempt(each, () -> sent.add(finished(each, receipt, step, call)));
        }
      }
      round.requireAllDone(step.messages().size());
      Map<String, Object> outputs = new LinkedHashMap<>();
      outputs.put("sent", sent);
      outputs.put("left-out", leftOut);
      return new StepResult(outputs, bytes);
    }
  }

  /** Takes back what is still queued of this step; not what an earlier run has left there. */
  @Override
  public Optional<String> abandon(AnswerMailStep step, StepCall call) {
    Map<String, Map<String, Object>> known = call.journal().items();
    String said =
        step.messages().stream()
            .filter(each -> Boolean.FALSE.equals(of(known, each).get("earlier")))
            .map(each -> services.mail().abandon(key(each, call)))
            .flatMap(Optional::stream)
            .distinct()
            .collect(Collectors.joining("; "));
    return said.isEmpty() ? Optional.empty() : Optional.of(said);
  }

  private static Map<String, Object> of(Map<String, Map<String, Object>> known, MailItem item) {
    return known.getOrDefault(item.key(), Map.of());
  }

  /** One for a message and a step, over all runs. */
  private static String key(MailItem item, StepCall call) {
    String job = String.valueOf(Plain.map(call.values(), "job").get("name"));
    // what stands in brackets names an item, by where it is; the message is known better
    String step = call.attempt().stepId().replaceFirst("\\[.*", "");
    return job + "/" + step + "/" + item.identity();
  }

  private Map<String, Object> begin(
      MailItem item, InboundMail mail, AnswerMailStep step, StepCall call) {
    Map<String, Object> receipt = new LinkedHashMap<>();
    receipt.put("message", item.messageId());
    Optional<String> why = refusal(mail.mail(), item, step);
    if (why.isPresent()) {
      receipt.put("subject", mail.mail().subject());
      receipt.put(LEFT_OUT, why.get());
      return receipt;
    }
    Message message = compose(item, mail, step, call);
    call.progress().moved(message.subject(), 0, -1);
    AtomicBoolean isNew = new AtomicBoolean();
    MailSubmission.Composer composer =
        () -> {
          isNew.set(true);
          return message;
        };
    MailSubmission.Receipt queued =
        services.mail().submit(request(item, composer, Until.QUEUED, step, call), call);
    receipt.put("message-id", queued.messageId());
    receipt.put("subject", message.subject());
    receipt.put(
        "to",
        Stream.of(message.to(), message.cc(), message.bcc())
            .flatMap(List::stream)
            .map(Address::address)
            .toList());
    receipt.put("outbox", queued.outboxId());
    receipt.put("size", queued.sizeBytes());
    receipt.put("earlier", !isNew.get());
    return receipt;
  }

  private Map<String, Object> finished(
      MailItem item, Map<String, Object> receipt, AnswerMailStep step, StepCall call) {
    if (step.delivery().until() == Until.ACCEPTED) {
      MailSubmission.Receipt accepted =
          services
              .mail()
              .submit(request(item, () -> gone(receipt), Until.ACCEPTED, step, call), call);
      if (!accepted.refused().isEmpty()) {
        throw new JobException.Partial(
            "%s was accepted for %s and refused for %s; it is not sent again to those who have it"
                .formatted(accepted.messageId(), accepted.accepted(), accepted.refused()));
      }
    }
    return receipt;
  }

  private static Message gone(Map<String, Object> receipt) {
    throw new JobException.NotFound(
        "outbox entry %s is there no longer, and whether it was sent nobody can tell"
            .formatted(receipt.get("outbox")));
  }

  private static Message compose(
      MailItem item, InboundMail mail, AnswerMailStep step, StepCall call) {
    ParsedMail parsed = mail.mail();
    if (step.kind() instanceof Kind.Reply reply) {
      return step.draft()
          .compose(
              Replies.reply(parsed, reply.toAll(), self(item, step)),
              item,
              reply.isQuoting() ? OriginalText.quoted(parsed) : "",
              call.values());
    }
    boolean isInline = step.kind() instanceof Kind.Forward forward && forward.isInline();
    if (isInline) {
      item.requireReadWhole(parsed, "nothing of it was passed on; as: attachment does not read it");
    }
    return step.draft()
        .compose(
            isInline ? Replies.forwardInline(parsed) : Replies.forward(mail),
            item,
            isInline ? OriginalText.passedOn(parsed) : "",
            call.values());
  }

  /** Says why a message is neither answered nor passed on; empty if it may be. */
  private static Optional<String> refusal(ParsedMail mail, MailItem item, AnswerMailStep step) {
    Optional<String> refusal = Replies.refusal(mail);
    if (refusal.isPresent()) {
      return refusal;
    }
    Set<String> self =
        self(item, step).stream().map(AnswerMailHandler::folded).collect(Collectors.toSet());
    if (mail.from().stream().map(AnswerMailHandler::folded).anyMatch(self::contains)) {
      return Optional.of("it comes from ourselves");
    }
    if (step.kind() instanceof Kind.Reply reply) {
      List<Address> answered = new ArrayList<>(answered(mail));
      if (answered.stream().map(AnswerMailHandler::folded).allMatch(self::contains)) {
        return Optional.of("the answer would go to ourselves");
      }
      if (reply.toAll()) {
        answered.addAll(mail.to());
        answered.addAll(mail.cc());
      }
      if (answered.size() > MOST_RECIPIENTS) {
        return Optional.of(
            "the answer would go to %d people, and %d are the most"
                .formatted(answered.size(), MOST_RECIPIENTS));
      }
    }
    return Optional.empty();
  }

  private static List<Address> answered(ParsedMail mail) {
    return mail.replyTo().isEmpty() ? mail.from() : mail.replyTo();
  }

  // few servers tell a capital in a local part from a small letter, and a loop costs more
  private static String folded(Address address) {
    return address.address().toLowerCase(Locale.ROOT);
  }

  /** Returns our own addresses, as far as they are known. */
  private static Set<Address> self(MailItem item, AnswerMailStep step) {
    return Stream.concat(
            Stream.of(step.draft().from(), item.mailbox().login().user()),
            step.via().from().stream())
        .filter(text -> text.contains("@"))
        .map(Address::parse)
        .collect(Collectors.toSet());
  }

  private static MailSubmission.Request request(
      MailItem item,
      MailSubmission.Composer message,
      Until until,
      AnswerMailStep step,
      StepCall call) {
    return new MailSubmission.Request(
        step.via(), message, key(item, call), until, step.delivery().expiry());
  }
}
