package io.waybill.jobs.json;

import io.waybill.mail.RecipientResult;
import io.waybill.mail.Reply;
import io.waybill.mail.outbox.Bounce;
import io.waybill.mail.outbox.OutboxEntry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON form of an entry of the outbox, the same on the command line and on the control channel:
 * {@code waybill.outbox-entry/1}.
 */
public final class OutboxForm {
  /** Name and version of the form. */
  public static final String SCHEMA = "waybill.outbox-entry/1";

  /** Name and version of a list of such forms under {@code entries}. */
  public static final String LIST_SCHEMA = "waybill.outbox/1";

  private OutboxForm() {}

  /** Returns an entry with what is known of each recipient. */
  public static Map<String, Object> of(OutboxEntry entry) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("id", entry.id());
    form.put("state", Plain.word(entry.state()));
    entry.phase().ifPresent(phase -> form.put("phase", Plain.word(phase)));
    form.put("account", entry.account());
    form.put("dedupe-key", entry.dedupeKey());
    form.put("message-id", entry.messageId());
    form.put("from", entry.sender());
    form.put("subject", entry.subject());
    form.put("size", entry.sizeBytes());
    form.put("digest", entry.sha256());
    form.put("attempts", (long) entry.attempts());
    form.put("enqueued-at", entry.enqueuedAt().toString());
    form.put("updated-at", entry.updatedAt().toString());
    putTime(form, "next-attempt-at", entry.nextAttemptAt());
    putTime(form, "expires-at", entry.state().isFinal() ? Optional.empty() : entry.expiresAt());
    entry.lastError().ifPresent(error -> form.put("error", error));
    form.put("recipients", entry.recipients().stream().map(OutboxForm::of).toList());
    if (!entry.bounces().isEmpty()) {
      form.put("bounces", entry.bounces().stream().map(OutboxForm::of).toList());
    }
    return form;
  }

  /** Returns what is known of one recipient. */
  public static Map<String, Object> of(RecipientResult result) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("address", result.recipient().address());
    form.put("status", Plain.word(result.status()));
    form.put("phase", Plain.word(result.phase()));
    result
        .reply()
        .ifPresent(
            reply -> {
              form.put("code", (long) reply.code());
              reply.enhanced().ifPresent(status -> form.put("enhanced", status));
              form.put("text", reply.text());
            });
    result.reply().flatMap(Reply::queueId).ifPresent(id -> form.put("queue-id", id));
    result.why().ifPresent(why -> form.put("text", why));
    return form;
  }

  private static Map<String, Object> of(Bounce bounce) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("address", bounce.address());
    form.put("kind", Plain.word(bounce.kind()));
    bounce.status().ifPresent(status -> form.put("status", status));
    bounce.diagnostic().ifPresent(text -> form.put("text", text));
    form.put("reported-at", bounce.reportedAt().toString());
    return form;
  }

  private static void putTime(Map<String, Object> form, String name, Optional<Instant> time) {
    time.ifPresent(value -> form.put(name, value.toString()));
  }
}
