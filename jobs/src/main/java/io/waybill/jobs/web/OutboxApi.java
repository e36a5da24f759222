package io.waybill.jobs.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.waybill.Operator;
import io.waybill.Waybill;
import io.waybill.jobs.JobException;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.OutboxForm;
import io.waybill.jobs.json.QueuedMail;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.OutboxState;
import io.waybill.mail.outbox.Resolution;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/outbox}: what waits to be sent, and what an operator decides about it. */
final class OutboxApi {
  private final Waybill waybill;
  private final Operator operator;

  OutboxApi(Waybill waybill) {
    this.waybill = waybill;
    this.operator = waybill.operator(ControlApi.WHO);
  }

  void register(RoutesConfig routes) {
    routes.get("/api/v1/outbox", this::list);
    routes.post("/api/v1/outbox", this::enqueue);
    routes.get("/api/v1/outbox/{id}", context -> answer(context, 200, entry(context)));
    routes.post(
        "/api/v1/outbox/{id}/retry",
        context -> answer(context, 200, operator.retry(entry(context).id())));
    routes.post(
        "/api/v1/outbox/{id}/drop",
        context -> answer(context, 200, operator.drop(entry(context).id())));
    routes.post("/api/v1/outbox/{id}/resolve", this::resolve);
  }

  private void list(Context context) {
    List<Map<String, Object>> entries =
        waybill.outbox().list(states(context.queryParam("state")), Limits.of(context)).stream()
            .map(OutboxForm::of)
            .toList();
    ControlApi.answer(context, 200, Map.of("entries", entries));
  }

  private static Set<OutboxState> states(@Nullable String given) {
    if (given == null || given.isEmpty()) {
      return EnumSet.allOf(OutboxState.class);
    }
    Set<OutboxState> states = EnumSet.noneOf(OutboxState.class);
    for (String word : given.split(",", -1)) {
      states.add(word(OutboxState.class, word));
    }
    return states;
  }

  /** The body is a line of JSON, the message's envelope and name, and then the message itself. */
  private void enqueue(Context context) throws IOException {
    try (QueuedMail mail = QueuedMail.read(context.bodyInputStream())) {
      answer(context, 202, waybill.enqueue(mail));
    }
  }

  private void resolve(Context context) {
    String as = String.valueOf(Json.readObject(context.body()).get("as"));
    answer(context, 200, operator.resolve(entry(context).id(), word(Resolution.class, as)));
  }

  private static <E extends Enum<E>> E word(Class<E> type, String word) {
    return Arrays.stream(type.getEnumConstants())
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new Refusal(
                    422,
                    "\"%s\" is none of %s"
                        .formatted(
                            word,
                            Arrays.stream(type.getEnumConstants())
                                .map(each -> each.name().toLowerCase(Locale.ROOT))
                                .toList())));
  }

  private OutboxEntry entry(Context context) {
    String id = context.pathParam("id");
    return waybill
        .outbox()
        .find(id)
        .orElseThrow(() -> new JobException.NotFound("there is no outbox entry " + id));
  }

  private static void answer(Context context, int status, OutboxEntry entry) {
    ControlApi.answer(context, status, OutboxForm.of(entry));
  }
}
