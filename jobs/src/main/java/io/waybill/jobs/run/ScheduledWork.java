package io.waybill.jobs.run;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.Template;
import io.waybill.jobs.expression.ParameterResolver;
import io.waybill.jobs.ledger.GivenItems;
import io.waybill.scheduler.Run;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes down what a scheduled run is going to do besides its job's definition: the parameters that
 * it has by default, and its date if a step reads one. Two runs with the same do the same, so that
 * the later one can stand for the earlier one's retry.
 */
final class ScheduledWork {
  private static final Set<String> DATES = Set.of("scheduled-date", "date");

  private final ParameterResolver parameters;

  ScheduledWork(ParameterResolver parameters) {
    this.parameters = parameters;
  }

  String payload(JobDefinition job, Instant scheduledAt, Configuration configuration) {
    Optional<Map<String, String>> frozen = frozen(job, scheduledAt, configuration);
    LocalDate date = scheduledAt.atZone(job.zone()).toLocalDate();
    boolean dated = frozen.isEmpty() || readsDates(job);
    String payload =
        RunPayload.of(frozen.orElse(Map.of()), dated ? Optional.of(date) : Optional.empty());
    // what its sources have is given to runs of its own
    return GivenItems.none(job).map(none -> none.payload(payload)).orElse(payload);
  }

  // one whose default tells of the run itself is known when the run begins; one that is wrong fails
  // the run then
  private Optional<Map<String, String>> frozen(
      JobDefinition job, Instant scheduledAt, Configuration configuration) {
    Run row = Run.builder().id("").job(job.name()).scheduledAt(scheduledAt).build();
    try {
      return Optional.of(
          RunScope.of(row, job, configuration.vars(), Map.of(), parameters).parameters());
    } catch (JobException e) {
      return Optional.empty();
    }
  }

  private static boolean readsDates(JobDefinition job) {
    return job.each().filter(each -> readsDates(each.in())).isPresent()
        || job.allSteps().anyMatch(ScheduledWork::readsDates);
  }

  private static boolean readsDates(StepDefinition step) {
    return readsDates(step.arguments())
        || step.policy().condition().filter(ScheduledWork::readsDates).isPresent();
  }

  private static boolean readsDates(Object argument) {
    if (argument instanceof Map<?, ?> map) {
      return map.values().stream().anyMatch(ScheduledWork::readsDates);
    }
    if (argument instanceof List<?> list) {
      return list.stream().anyMatch(ScheduledWork::readsDates);
    }
    return argument instanceof Template template
        && template.parts().stream()
            .anyMatch(
                part ->
                    part instanceof Template.Reference reference
                        && reference.path().get(0).equals("run")
                        && reference.path().size() > 1
                        && DATES.contains(reference.path().get(1)));
  }
}
