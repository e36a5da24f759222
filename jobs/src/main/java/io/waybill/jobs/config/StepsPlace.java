package io.waybill.jobs.config;

import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.ValueKind;
import java.util.Locale;
import java.util.Optional;

/**
 * Which list of a job's steps.
 *
 * @param hook of the job, or of its items
 * @param item what each item is, where the steps are done for each item
 */
record StepsPlace(Hook hook, Optional<ValueKind> item) {
  static StepsPlace ofJob(Hook hook) {
    return new StepsPlace(hook, Optional.empty());
  }

  /** Returns the key behind which a hook's steps stand. */
  static String key(Hook hook) {
    return switch (hook) {
      case STEPS -> "steps";
      case ON_SUCCESS -> "on-success";
      case ON_FAILURE -> "on-failure";
      case ALWAYS -> "always";
    };
  }

  /** Returns what a step of it is called: {@code step 2 of on-failure}. */
  String nameOf(int number) {
    String list = hook == Hook.STEPS ? "" : " of " + key(hook);
    return "step " + number + list + (item.isPresent() ? " of each" : "");
  }

  /** Returns what ids that are made here begin with. */
  String stem() {
    String item = this.item.isPresent() ? "each-" : "";
    return hook == Hook.STEPS
        ? item
        : item + hook.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-";
  }
}
