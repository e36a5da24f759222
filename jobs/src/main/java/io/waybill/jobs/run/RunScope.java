package io.waybill.jobs.run;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.expression.ParameterResolver;
import io.waybill.jobs.expression.Scope;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.Run;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What {@code ${...}} can see during a run; it grows as steps succeed. */
final class RunScope {
  private final ZoneId zone;
  private final Map<String, Object> roots = new LinkedHashMap<>();
  private final Map<String, Object> run = new LinkedHashMap<>();
  private final Map<String, Object> steps = new LinkedHashMap<>();
  private boolean isItemByAuthor;

  private RunScope(ZoneId zone) {
    this.zone = zone;
    roots.put("run", run);
    roots.put("steps", steps);
  }

  /** Starts the scope of an item: what its steps leave behind and how they end is its own. */
  RunScope ofItem(Item item, EachDefinition each) {
    RunScope scope = new RunScope(zone);
    scope.run.putAll(run);
    scope.steps.putAll(steps);
    roots.forEach(scope.roots::putIfAbsent);
    scope.roots.put("item", item.value());
    scope.isItemByAuthor = each.isByAuthor();
    return scope;
  }

  /** Tells what became of the items. */
  void eachEnded(ItemCounts counts) {
    roots.put("each", counts.values());
  }

  /**
   * Starts a run's scope.
   *
   * @param row with an empty id for a run that does not begin yet: it has no id and no date
   * @param trigger what started the run, as its steps read it; empty if nothing did
   * @throws JobException.Configuration if a parameter is missing, unknown or malformed
   */
  static RunScope of(
      Run row,
      JobDefinition job,
      Map<String, String> vars,
      Map<String, Object> trigger,
      ParameterResolver parameters) {
    RunScope scope = new RunScope(job.zone());
    if (!row.id().isEmpty()) {
      scope.run.put("id", row.id());
      scope.run.put(
          "date", row.startedAt().orElse(row.scheduledAt()).atZone(job.zone()).toLocalDate());
    }
    scope.run.put("job", job.name());
    scope.run.put("scheduled-date", row.scheduledAt().atZone(job.zone()).toLocalDate());
    scope.run.put("summary", job.name() + " is running");
    scope.roots.put("job", Map.of("name", job.name()));
    scope.roots.put("vars", vars);
    if (!trigger.isEmpty()) {
      scope.roots.put("trigger", trigger);
    }
    Map<String, String> given = RunPayload.parameters(row.payload());
    scope.roots.put("params", parameters.resolve(job.parameters(), given, scope.scope()));
    return scope;
  }

  Scope scope() {
    Scope scope = Scope.of(zone, roots);
    return isItemByAuthor ? scope.byAuthor("item") : scope;
  }

  /** Returns the run's parameters as the text by which they can be given again. */
  Map<String, String> parameters() {
    Map<String, String> texts = new LinkedHashMap<>();
    Plain.map(roots, "params").forEach((name, value) -> texts.put(name, value.toString()));
    return texts;
  }

  void stepSucceeded(String id, StepResult result) {
    steps.put(id, result.outputs());
  }

  void ended(RunEnd end) {
    String message = end.message().isEmpty() ? "" : ": " + end.message();
    run.put("summary", run.get("job") + " " + lower(end.state()) + message);
    end.failureClass()
        .ifPresent(
            failure -> run.put("error", Map.of("summary", end.message(), "class", lower(failure))));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
