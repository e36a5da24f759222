package io.waybill.jobs.json;

import io.waybill.jobs.LedgerItem;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The JSON form of something that a trigger has found, the same on the command line and on the
 * control channel: {@code waybill.ledger-item/1}.
 */
public final class LedgerForm {
  /** Name and version of the form. */
  public static final String SCHEMA = "waybill.ledger-item/1";

  /** Name and version of a list of such forms under {@code items}. */
  public static final String LIST_SCHEMA = "waybill.ledger/1";

  private LedgerForm() {}

  public static Map<String, Object> of(LedgerItem item) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("job", item.key().job());
    form.put("id", item.key().id());
    form.put("name", item.name());
    form.put("state", Plain.word(item.standing().state()));
    item.standing().run().ifPresent(run -> form.put("run", run));
    form.put("failures", (long) item.standing().failures());
    if (!item.standing().message().isEmpty()) {
      form.put("message", item.standing().message());
    }
    form.put("found-at", item.times().found().toString());
    form.put("changed-at", item.times().changed().toString());
    item.times().due().ifPresent(due -> form.put("due-at", due.toString()));
    form.put("item", item.value());
    return form;
  }
}
