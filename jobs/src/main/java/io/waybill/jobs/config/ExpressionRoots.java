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

  private ExpressionRoots() {}

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
