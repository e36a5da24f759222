package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.JobException;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.JobForm;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the verbs about jobs share: they ask the daemon if one lives, else the store. */
abstract class JobVerb extends Verb {
  /** Does something about a job where the daemon is. */
  @FunctionalInterface
  interface Asked {
    Map<String, Object> about(ControlClient daemon, String job) throws InterruptedException;
  }

  /** Does something about a job in an open store. */
  @FunctionalInterface
  interface Done {
    void about(Waybill waybill, String job);
  }

  /** Does the same once to each of several jobs, in order, and prints how they stand then. */
  final ExitCode each(List<String> named, Asked asked, Done done) throws InterruptedException {
    Set<String> jobs = new LinkedHashSet<>(named);
    List<Map<String, Object>> forms = new ArrayList<>();
    RuntimeException failure = null;
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      for (String job : jobs) {
        failure = add(forms, () -> asked.about(daemon.get(), job), failure);
      }
    } else {
      try (Waybill waybill = waybill(configurationIfAny()).open()) {
        for (String job : jobs) {
          failure =
              add(
                  forms,
                  () -> {
                    done.about(waybill, job);
                    return form(waybill, job);
                  },
                  failure);
        }
      }
    }
    print(forms);
    if (failure != null) {
      throw failure;
    }
    return ExitCode.OK;
  }

  static Map<String, Object> form(Waybill waybill, String job) {
    return JobForm.of(waybill.job(job), waybill.configuration().job(job));
  }

  /** Does something about one job. */
  @FunctionalInterface
  private interface Deed {
    Map<String, Object> done() throws InterruptedException;
  }

  /** What cannot be done to one keeps nothing from being done to the others. */
  private @Nullable RuntimeException add(
      List<Map<String, Object>> forms, Deed deed, @Nullable RuntimeException before)
      throws InterruptedException {
    try {
      forms.add(deed.done());
      return before;
    } catch (JobException e) {
      if (before == null) {
        return e;
      }
      output().note("waybill: " + e.getMessage());
      return before;
    }
  }

  final void print(List<Map<String, Object>> jobs) {
    output()
        .results(
            JobForm.SCHEMA, JobForm.LIST_SCHEMA, "jobs", jobs, out -> JobPrinter.print(jobs, out));
  }
}
