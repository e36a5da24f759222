package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

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
      Arguments arguments, Connections connections, AnswerMailStep.Kind kind, List<String> to) {
    contradictions(arguments.asMap().keySet()).values().stream()
        .findFirst()
        .ifPresent(
            why -> {
              throw new JobException.Configuration(why);
            });
    Connection.Outgoing via = connections.require(arguments.text("via"), Connection.Outgoing.class);
    return new AnswerMailStep(
        MailItem.of(arguments, connections),
        via,
        draft(arguments, connections, SendMailStepType.author(arguments, via), to),
        kind,
        new AnswerMailStep.Delivery(
            MailSubmission.Until.valueOf(arguments.text("wait").toUpperCase(Locale.ROOT)),
            arguments.optionalDuration("expire").map(SendMailStepType::expiry)));
  }

  private static AnswerDraft draft(
      Arguments arguments, Connections connections, String from, List<String> to) {
    AnswerDraft.Builder draft =
        AnswerDraft.builder(from).to(to).cc(arguments.texts("cc")).bcc(arguments.texts("bcc"));
    arguments.optionalText("envelope-from").ifPresent(draft::envelopeFrom);
    arguments.itemText("text").ifPresent(draft::text);
    arguments.optionalText("html").ifPresent(draft::html);
    arguments
        .optionalText("template")
        .ifPresent(file -> draft.template(SendMailStepType.template(file), arguments.map("data")));
    arguments
        .texts("attach")
        .forEach(file -> draft.attach(SendMailStepType.attachment(file, connections)));
    arguments.map("inline").forEach((name, file) -> draft.inline(name, Path.of((String) file)));
    arguments.map("headers").forEach((name, value) -> draft.header(name, (String) value));
    return draft.build();
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
