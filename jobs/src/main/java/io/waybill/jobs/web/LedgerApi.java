package io.waybill.jobs.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.waybill.Operator;
import io.waybill.Waybill;
import io.waybill.jobs.LedgerItem;
import io.waybill.jobs.LedgerItem.State;
import io.waybill.jobs.json.LedgerForm;
import io.waybill.jobs.json.Plain;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/ledger}: what triggers have found, and what an operator decides about it. */
final class LedgerApi {
  private final Waybill waybill;
  private final Operator operator;

  LedgerApi(Waybill waybill) {
    this.waybill = waybill;
    this.operator = waybill.operator(ControlApi.WHO);
  }

  void register(RoutesConfig routes) {
    routes.get("/api/v1/ledger", this::list);
    routes.post("/api/v1/ledger/{job}/{id}/forget", context -> decide(context, operator::forget));
    routes.post("/api/v1/ledger/{job}/{id}/requeue", context -> decide(context, operator::requeue));
  }

  private void list(Context context) {
    List<Map<String, Object>> items =
        waybill
            .ledger()
            .list(
                Optional.ofNullable(context.queryParam("job")),
                states(context.queryParam("state")),
                Limits.of(context))
            .stream()
            .map(LedgerForm::of)
            .toList();
    ControlApi.answer(context, 200, Map.of("items", items));
  }

  private static List<State> states(@Nullable String given) {
    return given == null || given.isEmpty()
        ? List.of(State.values())
        : Stream.of(given.split(",", -1)).map(LedgerApi::state).toList();
  }

  private static State state(String word) {
    return Arrays.stream(State.values())
        .filter(state -> Plain.word(state).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new Refusal(
                    422,
                    "\"%s\" is none of %s"
                        .formatted(word, Arrays.stream(State.values()).map(Plain::word).toList())));
  }

  /** Answers with the item as it was before. */
  private void decide(Context context, Consumer<LedgerItem> decision) {
    LedgerItem item = waybill.ledger().find(context.pathParam("job"), context.pathParam("id"));
    decision.accept(item);
    ControlApi.answer(context, 200, LedgerForm.of(item));
  }
}
