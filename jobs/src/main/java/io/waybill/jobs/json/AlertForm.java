package io.waybill.jobs.json;

import io.waybill.jobs.Alert;
import io.waybill.jobs.Alert.Delivery;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON forms of alerts: {@code waybill.alert/1}, and lists of them. */
public final class AlertForm {
  /** Name and version of an alert, as channels get it and as lines of a list. */
  public static final String SCHEMA = "waybill.alert/1";

  /** Name and version of a list of alerts under {@code alerts}. */
  public static final String LIST_SCHEMA = "waybill.alerts/1";

  /** Name and version of how a try of a channel went. */
  public static final String TEST_SCHEMA = "waybill.alert-test/1";

  private AlertForm() {}

  /** Returns an alert without its schema. */
  public static Map<String, Object> of(Alert alert) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("id", alert.id());
    form.put("at", alert.at().toString());
    form.put("kind", Plain.word(alert.kind()));
    if (!alert.about().job().isEmpty()) {
      form.put("job", alert.about().job());
    }
    alert.about().run().ifPresent(run -> form.put("run", run));
    form.put("subject", alert.words().subject());
    form.put("text", alert.words().text());
    return form;
  }

  /** Returns an alert with what became of it on each channel. */
  public static Map<String, Object> of(Alert.Told told) {
    Map<String, Object> form = of(told.alert());
    form.put("deliveries", told.deliveries().stream().map(AlertForm::of).toList());
    return form;
  }

  private static Map<String, Object> of(Delivery delivery) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("channel", delivery.channel());
    form.put("state", Plain.word(delivery.state()));
    form.put("attempts", (long) delivery.attempts());
    delivery.nextAt().ifPresent(at -> form.put("next-attempt-at", at.toString()));
    if (!delivery.message().isEmpty()) {
      form.put("message", delivery.message());
    }
    return form;
  }

  /** Returns a trouble that is not over. */
  public static Map<String, Object> of(Alert.Trouble trouble) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("job", trouble.job());
    form.put("kind", Plain.word(trouble.kind()));
    form.put("since", trouble.since().toString());
    return form;
  }

  /** Returns what a channel is sent: the alert with its schema. */
  public static Map<String, Object> sent(Alert alert) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("schema", SCHEMA);
    form.putAll(of(alert));
    return form;
  }
}
