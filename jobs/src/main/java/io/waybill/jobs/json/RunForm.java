package io.waybill.jobs.json;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepRecord;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON form of a run, the same on the command line and on the control channel: {@code
 * waybill.run/1}.
 */
public final class RunForm {
  /** Name and version of the form. */
  public static final String SCHEMA = "waybill.run/1";

  /** Name and version of a list of such forms under {@code runs}. */
  public static final String LIST_SCHEMA = "waybill.runs/1";

  private static final String MEASURED = "\"measured\""; // a list shows many runs

  private RunForm() {}

  /** Returns a run's own row. */
  public static Map<String, Object> of(Run run) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("id", run.id());
    form.put("job", run.job());
    form.put("state", Plain.word(run.state()));
    form.put("trigger", Plain.word(run.kind()));
    form.put("scheduled-at", run.scheduledAt().toString());
    if (!run.decision().isEmpty()) {
      form.put("decision", run.decision());
    }
    putTime(form, "started-at", run.startedAt());
    putTime(form, "ended-at", run.endedAt());
    putFailure(form, run.failureClass(), run.message());
    putTime(form, "due-at", run.dueAt());
    run.ending().filter(why -> !run.state().isFinished()).ifPresent(why -> form.put("ending", why));
    run.owner().ifPresent(owner -> form.put("node", owner.node()));
    run.limit().ifPresent(limit -> form.put("limit", limit));
    run.parent().ifPresent(parent -> form.put("shard-of", parent));
    if (run.payload().contains(MEASURED)) {
      Map<String, Object> measured = Plain.map(Json.readObject(run.payload()), "measured");
      if (!measured.isEmpty()) {
        form.put("measured", measured);
      }
    }
    form.put("recovered", run.recovered());
    return form;
  }

  /** Returns a run with its steps and attempts. */
  public static Map<String, Object> of(RunRecord record) {
    Map<String, Object> form = of(record.run());
    form.put("steps", record.steps().stream().map(RunForm::of).toList());
    if (record.step(EachDefinition.NAME).isPresent()) {
      form.put("items", ItemsForm.of(record.items(), RunForm::of));
    }
    return form;
  }

  private static Map<String, Object> of(StepRecord step) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("id", step.id());
    form.put("kind", step.kind());
    form.put("state", Plain.word(step.state()));
    step.result()
        .ifPresent(
            result -> {
              form.put("bytes", result.bytes());
              form.put("outputs", result.outputs());
            });
    form.put("attempts", step.attempts().stream().map(RunForm::of).toList());
    return form;
  }

  private static Map<String, Object> of(Attempt attempt) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("number", (long) attempt.number());
    form.put("state", Plain.word(attempt.state()));
    form.put("started-at", attempt.startedAt().toString());
    putTime(form, "ended-at", attempt.endedAt());
    putFailure(form, attempt.failureClass(), attempt.message());
    if (attempt.failureClass().isPresent() && !attempt.payload().isEmpty()) {
      form.putAll(Json.readObject(attempt.payload())); // its cause, and its files
    }
    attempt.delay().ifPresent(delay -> form.put("retry-after-millis", delay.toMillis()));
    return form;
  }

  private static void putTime(Map<String, Object> form, String name, Optional<Instant> time) {
    time.ifPresent(value -> form.put(name, value.toString()));
  }

  private static void putFailure(
      Map<String, Object> form, Optional<FailureClass> failure, String message) {
    failure.ifPresent(value -> form.put("failure", Plain.word(value)));
    if (!message.isEmpty()) {
      form.put("message", message);
    }
  }
}
