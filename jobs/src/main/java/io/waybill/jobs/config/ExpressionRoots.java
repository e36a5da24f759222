package io.waybill.jobs.config;

import io.waybill.jobs.JobDefinition.Hook;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The first names of expressions, and what each of them has. */
public final class ExpressionRoots {
  /** {@code run.error}: legal only where a run can have failed. */
  public static final List<String> RUN_ERROR = List.of("summary", "class");

  /** {@code run}. */
  public static final List<String> RUN = List.of("id", "job", "scheduled-date", "date", "summary");

  /** {@code job}. */
  public static final List<String> JOB = List.of("name");

  /** {@code trigger}, by what starts the job. */
  public static final Map<String, List<String>> TRIGGER =
      Map.of("files", List.of("files"), "mail", List.of("messages"), "job", List.of("job", "run"));

  /** {@code trigger.run}: of the job whose end has started this one. */
  public static final List<String> TRIGGER_RUN =
      List.of("id", "state", "scheduled-date", "date", "summary");

  private ExpressionRoots() {}

  /** Adds what the triggers of a job hand to its runs; nothing if it has none. */
  static KnownNames ofTriggers(KnownNames names, Section job) {
    Map<String, Object> known = new LinkedHashMap<>();
    for (YamlNode node : job.node("trigger").map(StepIds::elements).orElse(List.of())) {
      if (node instanceof YamlNode.Mapping mapping) {
        for (YamlNode.Entry entry : mapping.entries()) {
          TRIGGER
              .getOrDefault(entry.name(), List.of())
              .forEach(
                  name ->
                      known.put(name, name.equals("run") ? leaves(TRIGGER_RUN) : KnownNames.VALUE));
        }
      }
    }
    return known.isEmpty() ? names : names.withTree("trigger", known);
  }

  private static Map<String, Object> leaves(List<String> names) {
    Map<String, Object> leaves = new LinkedHashMap<>();
    names.forEach(name -> leaves.put(name, KnownNames.VALUE));
    return leaves;
  }

  /** Adds what is known before the first step. */
  static KnownNames beforeTheRun(KnownNames constants) {
    return constants.with("run", RUN).with("job", JOB);
  }

  /** Adds what is known in a step, other than the outputs of other steps. */
  static KnownNames inSteps(KnownNames constants, Hook hook, Collection<String> parameters) {
    KnownNames names = beforeTheRun(constants).with("params", parameters);
    boolean mayHaveFailed = hook == Hook.ON_FAILURE || hook == Hook.ALWAYS;
    if (!mayHaveFailed) {
      return names;
    }
    Map<String, Object> run = new LinkedHashMap<>();
    RUN.forEach(name -> run.put(name, KnownNames.VALUE));
    Map<String, Object> error = new LinkedHashMap<>();
    RUN_ERROR.forEach(name -> error.put(name, KnownNames.VALUE));
    run.put("error", error);
    return names.withTree("run", run);
  }
}
