package io.waybill.jobs.run;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.measure.Anomaly;
import io.waybill.jobs.measure.AnomalyJudge;
import io.waybill.jobs.measure.Measured;
import io.waybill.jobs.measure.RunMeasure;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures a run whose steps have succeeded, and compares it with the job's runs before. One that
 * somebody has started by hand may do something else, and is not measured.
 */
final class RunComparison {
  private static final Logger LOG = LoggerFactory.getLogger(RunComparison.class);

  private final RunJournal journal;

  RunComparison(RunJournal journal) {
    this.journal = journal;
  }

  /**
   * Returns the end of a run's steps with what was measured: succeeded still, with a message if it
   * is unlike the runs before, or failed for that.
   *
   * @param steps how they ended
   */
  RunEnd judge(Run run, JobDefinition job, RunProgress progress, RunEnd steps) {
    boolean isAccepted = Measured.isAccepted(run.payload());
    boolean isByItself = run.kind() == TriggerKind.SCHEDULE || run.kind() == TriggerKind.EVENT;
    if (steps.state() != RunState.SUCCEEDED || !(isByItself || isAccepted)) {
      return steps;
    }
    List<Attempt> attempts = attempts(run, job);
    Optional<RunMeasure> found = measure(job, progress, attempts);
    if (found.isEmpty()) {
      return steps;
    }
    RunMeasure measure = found.get();
    List<Anomaly> anomalies =
        isAccepted || job.anomalies().isOff()
            ? List.of()
            : AnomalyJudge.judge(
                measure, journal.measured(run, end(run, attempts)), job.anomalies());
    List<String> texts = anomalies.stream().map(Anomaly::text).toList();
    Measured measured = new Measured(measure, texts);
    if (anomalies.isEmpty()) {
      return steps.with(measured);
    }
    String unlike = "unlike the runs before: " + String.join("; ", texts);
    boolean isFailing = anomalies.stream().anyMatch(Anomaly::isFailing);
    LOG.warn("event=anomaly failing={} text=\"{}\"", isFailing, unlike);
    return isFailing
        // another try of what is done already would find the same
        ? RunEnd.failed(FailureClass.PERMANENT, AttemptState.FAILED, failed(run, unlike))
            .with(measured)
        : steps.adding(unlike).with(measured);
  }

  private static String failed(Run run, String unlike) {
    return unlike
        + "; what its steps did stays done; if it is right, \"waybill retry "
        + run.id()
        + "\" goes on to what follows success";
  }

  // attempts of hooks are no part of it; how long one worked that was interrupted nobody knows
  private List<Attempt> attempts(Run run, JobDefinition job) {
    List<String> ids =
        Stream.concat(steps(job).map(StepDefinition::id), Stream.of(EachDefinition.NAME)).toList();
    return journal.attempts(run).stream()
        .filter(attempt -> ids.contains(ItemKeys.stepId(attempt.stepKey())))
        .filter(attempt -> attempt.state() != AttemptState.INTERRUPTED)
        .filter(attempt -> attempt.endedAt().isPresent())
        .toList();
  }

  private static Stream<StepDefinition> steps(JobDefinition job) {
    return Stream.concat(
        job.steps(Hook.STEPS).stream(),
        job.each().stream().flatMap(each -> each.steps(Hook.STEPS).stream()));
  }

  // what has ended since does not count, so that a run that is judged again is judged alike
  private static Instant end(Run run, List<Attempt> attempts) {
    return attempts.stream()
        .map(attempt -> attempt.endedAt().orElseThrow())
        .max(Comparator.naturalOrder())
        .orElse(run.startedAt().orElse(run.scheduledAt()));
  }

  /**
   * Returns what is measured; empty if a kind of step cannot tell, which is no failure of the run.
   */
  private static Optional<RunMeasure> measure(
      JobDefinition job, RunProgress progress, List<Attempt> attempts) {
    long bytes = 0;
    long files = 0;
    OptionalLong latency = OptionalLong.empty();
    for (StepDefinition step : steps(job).toList()) {
      try {
        for (StepResult result : progress.results(step.id())) {
          bytes += result.bytes();
          files += step.type().files(result);
          latency =
              LongStream.concat(latency.stream(), step.type().latencyMillis(result).stream()).max();
        }
      } catch (RuntimeException e) { // what others have written, or a result of an older version
        LOG.warn("event=not-measured step={}", step.id(), e);
        return Optional.empty();
      }
    }
    return Optional.of(new RunMeasure(workingMillis(attempts), bytes, files, latency));
  }

  /** Returns how long at least one of them was at work. */
  static long workingMillis(List<Attempt> attempts) {
    long sum = 0;
    Optional<Instant> counted = Optional.empty();
    for (Attempt attempt :
        attempts.stream().sorted(Comparator.comparing(Attempt::startedAt)).toList()) {
      Instant start = attempt.startedAt();
      Instant end = attempt.endedAt().orElseThrow();
      Instant from = counted.filter(until -> until.isAfter(start)).orElse(start);
      if (end.isAfter(from)) {
        sum += end.toEpochMilli() - from.toEpochMilli();
        counted = Optional.of(end);
      }
    }
    return sum;
  }
}
