package io.waybill;

import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.run.RunPayload;
import io.waybill.scheduler.Run;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what a run that begins at a later step builds on. */
final class StartingStep {
  private static final int MOST_RUNS = 200; // that are looked at, the newest

  private final Rooms rooms;
  private final JobDefinition job;

  StartingStep(Rooms rooms, JobDefinition job) {
    this.rooms = rooms;
    this.job = job;
  }

  /**
   * Writes the payload of a run that begins at a step, with the results that the steps before it
   * had in the newest run in which all of them succeeded, and with that run's parameters.
   *
   * @param parameters if any are given, only a run that had the same counts
   * @throws JobException.Configuration if the job has no such step, or there is no such run
   */
  String payload(String step, Map<String, String> parameters) {
    List<String> steps = job.steps(Hook.STEPS).stream().map(StepDefinition::id).toList();
    int first = steps.indexOf(step);
    if (first < 0) {
      throw new JobException.Configuration(
          "job \"%s\" has no step \"%s\" to begin at; its steps are %s"
              .formatted(job.name(), step, String.join(", ", steps)));
    }
    if (first == 0) {
      return RunPayload.of(parameters);
    }
    List<String> before = steps.subList(0, first);
    Run earlier = earlier(before, parameters).orElseThrow(() -> none(step, before, parameters));
    return RunPayload.startingAt(
        parameters.isEmpty() ? RunPayload.parameters(earlier.payload()) : parameters,
        step,
        earlier.id());
  }

  private Optional<Run> earlier(List<String> before, Map<String, String> parameters) {
    return rooms.runs().list(Optional.of(job.name()), MOST_RUNS).stream()
        .filter(
            run -> parameters.isEmpty() || RunPayload.parameters(run.payload()).equals(parameters))
        .filter(run -> run.startedAt().isPresent())
        .filter(run -> rooms.engine().hasResults(run, job, before))
        .findFirst();
  }

  private JobException none(String step, List<String> before, Map<String, String> parameters) {
    return new JobException.Configuration(
        "job \"%s\" cannot begin at \"%s\": no run%s has done the steps before it (%s), whose results it needs; run all of it"
            .formatted(
                job.name(),
                step,
                parameters.isEmpty() ? "" : " with these parameters",
                String.join(", ", before)));
  }
}
