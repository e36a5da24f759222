package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.mail.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The keys that {@code mail.reply} and {@code mail.forward} share, and what they have in common.
 */
final class AnswerKeys {
  private static final List<String> BEFORE = List.of("via", "from");
  private static final List<String> AFTER =
      List.of(
          "cc", "bcc", "html", "template", "data", "inline", "attach", "headers", "wait", "expire");

  private AnswerKeys() {}

  /**
   * Returns all keys of such a step.
   *
   * @param own those that only this kind has
   */
  static List<Key> with(Key... own) {
    List<Key> keys = new ArrayList<>();
    keys.add(MailItem.MESSAGE);
    keys.addAll(ofMailSend(BEFORE));
    keys.addAll(List.of(own));
    keys.add(
        Key.optional(
                "text",
                new ValueType.PerItem("message", MailItem.NAMES),
                "The body as plain text; it can name what is told of the message:"
                    + " ${message.subject}.")
            .withExample("\"We have got your message of ${message.date | format('d MMMM')}.\""));
    keys.addAll(ofMailSend(AFTER));
    return keys;
  }

  private static List<Key> ofMailSend(List<String> names) {
    return SendMailKeys.ALL.stream().filter(key -> names.contains(key.name())).toList();
  }

  /** Returns what later steps can read. */
  static Map<String, String> outputs() {
    return Map.of(
        "sent",
            "a list with message (the Message-ID of the one that came), message-id, subject, to,"
                + " outbox, earlier of each message that went out",
        "left-out",
            "a list with message, subject, why of each message that programs must not answer:"
                + " auto-submitted, from a list or in bulk, without a sender, or our own");
  }

  /** Returns what those are. */
  static Map<String, ValueKind> outputKinds() {
    return Map.of(
        "sent",
        ValueKind.listOf("message", "message-id", "subject", "to", "outbox", "earlier"),
        "left-out",
        ValueKind.listOf("message", "subject", "why"));
  }

  /** Returns which of the keys given contradict one another, each with the reason. */
  static Map<String, String> contradictions(Set<String> given) {
    return SendMailKeys.contradictions(given);
  }

  /**
   * Makes the step.
   *
   * @throws JobException.Configuration if values do not go together
   */
  static AnswerMailStep bind(
      Arguments arguments,
      Connections connections,
      Supplier<AnswerMailStep.Kind> kind,
      Supplier<List<String>> to) {
    StepParts parts = new StepParts();
    Part<Arguments> fitting = parts.part(() -> SendMailKeys.requireFitting(arguments));
    Part<List<MailItem>> messages =
        parts.part(MailItem.MESSAGE.name(), () -> MailItem.of(arguments, connections));
    Part<Connection.Outgoing> via =
        parts.part("via", () -> SendMailStepType.via(arguments, connections));
    Part<AnswerDraft> draft = parts.part(() -> draft(arguments, connections, via, to));
    Part<Optional<Duration>> expiry = SendMailStepType.expiry(parts, arguments);
    return parts.together(
        () ->
            new AnswerMailStep(
                messages.get(),
                via.get(),
                draft.get(),
                kind.get(),
                new AnswerMailStep.Delivery(
                    MailSubmission.Until.valueOf(
                        fitting.get().text("wait").toUpperCase(Locale.ROOT)),
                    expiry.get())));
  }

  // what can be tried without the other message is tried on one of ours
  private static AnswerDraft draft(
      Arguments arguments,
      Connections connections,
      Part<Connection.Outgoing> via,
      Supplier<List<String>> to) {
    StepParts parts = new StepParts();
    Message.Builder trial = Message.builder();
    Part<String> from = parts.part("from", () -> SendMailStepType.author(arguments, via));
    parts.check("from", () -> trial.from(from.get()));
    Part<List<Message.Builder>> unused = parts.each("to", to, trial::to);
    SendMailStepType.addresses(parts, "cc", arguments, trial::cc);
    SendMailStepType.addresses(parts, "bcc", arguments, trial::bcc);
    SendMailStepType.headers(parts, arguments, trial);
    List<Path> attach = new ArrayList<>();
    SendMailStepType.attachments(parts, arguments, connections, attach::add);
    Part<Optional<Path>> template =
        parts.part(
            "template", () -> arguments.optionalText("template").map(SendMailStepType::template));
    return parts.together(
        () -> {
          AnswerDraft.Builder draft =
              AnswerDraft.builder(from.get())
                  .to(to.get())
                  .cc(arguments.texts("cc"))
                  .bcc(arguments.texts("bcc"));
          arguments.optionalText("envelope-from").ifPresent(draft::envelopeFrom);
          arguments.itemText("text").ifPresent(draft::text);
          arguments.optionalText("html").ifPresent(draft::html);
          template.get().ifPresent(file -> draft.template(file, arguments.map("data")));
          attach.forEach(draft::attach);
          arguments
              .map("inline")
              .forEach((name, file) -> draft.inline(name, Path.of((String) file)));
          arguments.map("headers").forEach((name, value) -> draft.header(name, (String) value));
          return draft.build();
        });
  }

  /** Returns the contradictions, and the reason why a step without a body is none. */
  static Map<String, String> withBody(Set<String> given) {
    boolean hasBody = given.stream().anyMatch(List.of("text", "html", "template")::contains);
    Map<String, String> found = new LinkedHashMap<>(contradictions(given));
    if (!hasBody && given.contains(MailItem.MESSAGE.name())) {
      found.put(
          MailItem.MESSAGE.name(),
          "nothing is said in the answer: write \"text\", \"html\" or \"template\"");
    }
    return found;
  }
}
