package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Rehearsal;
import io.waybill.jobs.Step;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepJournal;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.Template;
import io.waybill.jobs.expression.ArgumentRenderer;
import io.waybill.jobs.expression.Condition;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.ParameterResolver;
import io.waybill.jobs.expression.Scope;
import io.waybill.mail.MailException;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.TriggerKind;
import io.waybill.transfer.TransferException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Goes through a job step by step and finds out what each would do. There is no run: nothing is
 * written down, locked or counted, and whether the job runs elsewhere does not matter.
 */
public final class JobRehearsal {
  private static final String NO_RUN = "dry-run";

  private final Configuration configuration;
  private final StepServices services;
  private final ArgumentRenderer arguments = new ArgumentRenderer(Filters.standard());
  private final ArgumentWords argumentWords = new ArgumentWords();
  private final Condition conditions = new Condition(Filters.standard());
  private final ItemList lists = new ItemList();

  /**
   * Prepares.
   *
   * @param services what steps look by
   */
  public JobRehearsal(Configuration configuration, StepServices services) {
    this.configuration = configuration;
    this.services = services;
  }

  /**
   * A step that was rehearsed.
   *
   * @param hook the list that it stands in
   * @param arguments as far as they are known, for a person; what is not stands as in the file
   * @param told what it would do
   * @param failure why it would fail; empty if it would not, as far as that is known
   */
  public record Rehearsed(
      Hook hook,
      StepDefinition step,
      Map<String, Object> arguments,
      Rehearsal told,
      Optional<RuntimeException> failure) {}

  /**
   * Rehearses a job.
   *
   * @param parameters by name, as text
   * @param from the first step that would be done; empty for all
   * @param scope can end it
   * @throws JobException.Configuration if a parameter is missing or wrong, or there is no such step
   * @throws InterruptedException if it was cancelled
   */
  public List<Rehearsed> run(
      JobDefinition job, Map<String, String> parameters, Optional<String> from, CancelScope scope)
      throws InterruptedException {
    Instant now = services.clock().instant();
    Run row =
        Run.builder()
            .id(NO_RUN)
            .job(job.name())
            .kind(TriggerKind.LOCAL)
            .scheduledAt(now)
            .startedAt(now)
            .payload(RunPayload.of(parameters))
            .build();
    RunScope values =
        RunScope.of(
            row, job, configuration.vars(), Map.of(), new ParameterResolver(Filters.standard()));
    List<Rehearsed> all = new ArrayList<>();
    Seen seen = new Seen();
    seen.isAnyToBeDone = from.isPresent();
    for (StepDefinition step : from(job, from)) {
      all.add(rehearse(Hook.STEPS, step, values, seen, scope));
    }
    Optional<RuntimeException> failure =
        all.stream().flatMap(each -> each.failure().stream()).findFirst();
    if (failure.isEmpty() && job.each().isPresent()) {
      all.addAll(ofItems(job.each().get(), values.scope(), seen));
    }
    values.ended(end(failure));
    Hook fitting = failure.isEmpty() ? Hook.ON_SUCCESS : Hook.ON_FAILURE;
    for (Hook hook : List.of(fitting, Hook.ALWAYS)) {
      for (StepDefinition step : job.steps(hook)) {
        all.add(rehearse(hook, step, values, seen, scope));
      }
    }
    return all;
  }

  /** What the steps before have told. */
  private static final class Seen {
    private final Set<String> known = new LinkedHashSet<>();
    private boolean isAnyToBeDone;
  }

  // what a step would do for an item that nobody has begun is told by the list of items
  private List<Rehearsed> ofItems(EachDefinition each, Scope values, Seen seen) {
    Set<String> unknown = new LinkedHashSet<>();
    collectUnknown(each.in(), seen.known, unknown);
    String words =
        unknown.isEmpty()
            ? "would run for each of %d items".formatted(lists.find(each, values, 1).size())
            : "would run for each item of " + String.join(", ", unknown);
    seen.isAnyToBeDone = true;
    return each.steps(Hook.STEPS).stream()
        .map(
            step -> {
              Map<String, Object> shown = new LinkedHashMap<>();
              step.arguments()
                  .forEach(
                      (key, value) -> shown.put(key, argumentWords.shown(value, values, Set.of())));
              return new Rehearsed(
                  Hook.STEPS, step, shown, Rehearsal.of(words, List.of()), Optional.empty());
            })
        .toList();
  }

  private static List<StepDefinition> from(JobDefinition job, Optional<String> from) {
    List<StepDefinition> steps = job.steps(Hook.STEPS);
    if (from.isEmpty()) {
      return steps;
    }
    List<String> ids = steps.stream().map(StepDefinition::id).toList();
    int first = ids.indexOf(from.get());
    if (first < 0) {
      throw new JobException.Configuration(
          "job \"%s\" has no step \"%s\" to begin at; its steps are %s"
              .formatted(job.name(), from.get(), String.join(", ", ids)));
    }
    return steps.subList(first, steps.size());
  }

  private static RunEnd end(Optional<RuntimeException> failure) {
    return failure
        .map(
            why ->
                RunEnd.failed(Failures.classify(why), AttemptState.FAILED, Failures.describe(why)))
        .orElse(RunEnd.SUCCEEDED);
  }

  private Rehearsed rehearse(
      Hook hook, StepDefinition step, RunScope values, Seen seen, CancelScope scope)
      throws InterruptedException {
    Set<String> known = seen.known;
    Map<String, Object> shown = new LinkedHashMap<>();
    step.arguments()
        .forEach((key, value) -> shown.put(key, argumentWords.shown(value, values.scope(), known)));
    Optional<String> undecided = undecided(step, values.scope(), known);
    if (undecided.isPresent()) {
      seen.isAnyToBeDone = true;
      return new Rehearsed(
          hook, step, shown, Rehearsal.of(undecided.get(), List.of()), Optional.empty());
    }
    Set<String> unknown = new LinkedHashSet<>();
    step.arguments().values().forEach(value -> collectUnknown(value, known, unknown));
    if (!unknown.isEmpty()) {
      String words = "would run with what is known then: " + String.join(", ", unknown);
      seen.isAnyToBeDone = true;
      return new Rehearsed(hook, step, shown, Rehearsal.of(words, List.of()), Optional.empty());
    }
    try {
      Rehearsal told = rehearse(step.type(), step, values.scope(), scope);
      if (told.result().isPresent()) {
        values.stepSucceeded(step.id(), told.result().get());
        known.add(step.id());
      } else {
        seen.isAnyToBeDone = true;
      }
      return new Rehearsed(hook, step, shown, told, told.failure());
    } catch (RuntimeException e) {
      if (scope.cause().isPresent()) {
        throw new InterruptedException("the rehearsal was cancelled");
      }
      if (seen.isAnyToBeDone && mayComeBefore(e)) {
        String words = "cannot be told before the steps before it have run: ";
        return new Rehearsed(
            hook,
            step,
            shown,
            Rehearsal.of(words + Failures.describe(e), List.of()),
            Optional.empty());
      }
      return new Rehearsed(
          hook,
          step,
          shown,
          Rehearsal.of("would fail: " + Failures.describe(e), List.of()),
          Optional.of(e));
    }
  }

  /** Returns why nothing can be told of a step, or that it would be left out, by its condition. */
  private Optional<String> undecided(StepDefinition step, Scope values, Set<String> known) {
    if (step.policy().condition().isEmpty()) {
      return Optional.empty();
    }
    Template condition = step.policy().condition().get();
    Set<String> unknown = new LinkedHashSet<>();
    collectUnknown(condition, known, unknown);
    if (!unknown.isEmpty()) {
      return Optional.of("would run if " + condition + ", with what is known then");
    }
    try {
      return conditions.holds(condition, values)
          ? Optional.empty()
          : Optional.of("would be left out, as \"if: " + condition + "\" is false");
    } catch (JobException.Configuration e) {
      return Optional.of("cannot be decided: " + Failures.describe(e));
    }
  }

  // what is not there, a file or a value that a template names, may come from a step before
  private static boolean mayComeBefore(RuntimeException failure) {
    return failure instanceof JobException.NotFound
        || failure instanceof TransferException.Integrity // a sidecar that is to be made yet
        || failure instanceof JobException.Expectation
        || failure instanceof TransferException.NotFound
        || failure instanceof MailException.ContentUnavailable
        || failure instanceof MailException.InvalidMessage;
  }

  private <S extends Step> Rehearsal rehearse(
      StepType<S> type, StepDefinition step, Scope values, CancelScope scope)
      throws InterruptedException {
    S bound = type.bind(arguments.render(step, values), services.connections());
    StepCall call =
        new StepCall(
            new StepCall.AttemptId(NO_RUN, step.id(), 1),
            scope,
            (item, done, total) -> {},
            new NoJournal(),
            values.values());
    return type.handler(services).rehearse(bound, call);
  }

  private static boolean isKnown(Template.Reference reference, Set<String> known) {
    List<String> path = reference.path();
    return !path.get(0).equals("trigger") // no sources are looked at
        && (!path.get(0).equals("steps") || path.size() < 2 || known.contains(path.get(1)));
  }

  static void collectUnknown(Object value, Set<String> known, Set<String> unknown) {
    if (value instanceof Template template) {
      for (Template.Part part : template.parts()) {
        if (part instanceof Template.Reference reference && !isKnown(reference, known)) {
          unknown.add("${" + String.join(".", reference.path()) + "}");
        }
      }
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(each -> collectUnknown(each, known, unknown));
    } else if (value instanceof List<?> list) {
      list.forEach(each -> collectUnknown(each, known, unknown));
    }
  }

  /** Nothing was done before, and nothing is. */
  private static final class NoJournal implements StepJournal {
    @Override
    public Optional<Map<String, Object>> find(String item) {
      return Optional.empty();
    }

    @Override
    public Map<String, Map<String, Object>> items() {
      return Map.of();
    }

    @Override
    public void done(String item, Map<String, Object> receipt) {
      throw new IllegalStateException("a rehearsal has done " + item);
    }
  }
}
