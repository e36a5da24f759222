package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.FailureCause;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.RunEvent;
import io.waybill.jobs.RunListener;
import io.waybill.jobs.Step;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepProgress;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.Template;
import io.waybill.jobs.expression.ArgumentRenderer;
import io.waybill.jobs.expression.Condition;
import io.waybill.jobs.expression.DurationWords;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.Scope;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.RetryPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.SchedulerException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Carries out one step: attempt after attempt, each written down before it acts and when it has
 * ended.
 */
final class StepRunner {
  private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

  private final StepServices services;
  private final RunJournal journal;
  private final Watchdog watchdog;
  private final RandomGenerator random;
  private final RunListener listener;
  private final ArgumentRenderer arguments = new ArgumentRenderer(Filters.standard());
  private final Condition conditions = new Condition(Filters.standard());
  private final Map<StepType<?>, StepHandler<?>> handlers = new ConcurrentHashMap<>();

  StepRunner(
      StepServices services,
      RunJournal journal,
      Watchdog watchdog,
      RandomGenerator random,
      RunListener listener) {
    this.services = services;
    this.journal = journal;
    this.watchdog = watchdog;
    this.random = random;
    this.listener = listener;
  }

  /**
   * Runs a step to its end.
   *
   * @throws SchedulerException.StaleClaim if the run was taken over; nothing more was written then
   */
  StepOutcome run(
      Run run,
      JobDefinition job,
      StepSite site,
      Scope scope,
      RunProgress progress,
      RunControl control) {
    StepDefinition step = site.step();
    RetryPolicy retry = step.policy().retry().orElse(job.retry());
    Duration timeout = step.policy().timeout().orElse(job.timeout());
    if (site.waiting() != StepSite.Wait.ITEM) {
      journal.stepStarted(run, step);
    }
    Instant firstStart =
        progress.firstStart(site.key()).orElseGet(() -> services.clock().instant());
    Begun begun = new Begun();
    for (int failed = progress.failed(site.key()) + 1; ; failed++) {
      Attempt attempt = journal.attemptStarted(run, site.key());
      LOG.info(
          "event=attempt-started step={} attempt={} kind={}",
          site.key(),
          attempt.number(),
          step.type().name());
      listener.on(new RunEvent.AttemptStarted(attempt, step.type().name()));
      Optional<StepOutcome> undone = undone(step, scope, failed);
      StepOutcome outcome =
          undone.orElseGet(() -> attempt(run, site, scope, attempt, timeout, control, begun));
      Optional<Duration> delay = Optional.empty();
      if (undone.isEmpty() && outcome instanceof StepOutcome.Failed failure) {
        Duration elapsed = Duration.between(firstStart, services.clock().instant());
        delay =
            retry.delayAfter(failed, failure.failureClass(), elapsed, random).map(failure::atLeast);
        outcome = delay.isPresent() ? outcome : failure.adding(begun.abandon());
      } else if (outcome instanceof StepOutcome.Ended stopped && stopped.isForGood()) {
        begun.abandon();
      }
      boolean releasing = delay.isPresent() && site.waiting() == StepSite.Wait.RELEASED;
      Attempt ended = journal.attemptEnded(run, attempt, outcome, delay, releasing);
      progress.ended(ended);
      LOG.info(
          "event=attempt-ended step={} attempt={} state={} message=\"{}\"",
          site.key(),
          ended.number(),
          ended.state(),
          ended.message());
      listener.on(new RunEvent.AttemptEnded(ended));
      if (delay.isEmpty()) {
        return outcome;
      }
      LOG.info(
          "event=step-retry step={} attempt={} delay={}",
          site.key(),
          attempt.number(),
          delay.get());
      if (site.waiting() != StepSite.Wait.HERE) {
        return new StepOutcome.Waiting(ended);
      }
      Optional<Cause> ending = waitFor(delay.get(), run, control);
      if (ending.isPresent()) {
        StepOutcome.Ended stopped = new StepOutcome.Ended(ending.get());
        if (stopped.isForGood()) {
          begun.abandon();
        }
        return stopped;
      }
    }
  }

  /**
   * Returns how a step ends that is not begun: it is left out, or nobody can tell, which no further
   * attempt changes. What has failed once was to be done, and is not decided again.
   */
  private Optional<StepOutcome> undone(StepDefinition step, Scope scope, int attempt) {
    if (attempt > 1 || step.policy().condition().isEmpty()) {
      return Optional.empty();
    }
    Template condition = step.policy().condition().get();
    try {
      return conditions.holds(condition, scope)
          ? Optional.empty()
          : Optional.of(new StepOutcome.LeftOut("left out, as \"if: " + condition + "\" is false"));
    } catch (JobException.Configuration e) {
      return Optional.of(
          new StepOutcome.Failed(
              e.failureClass(), AttemptState.FAILED, Optional.empty(), Failures.describe(e)));
    }
  }

  private StepOutcome attempt(
      Run run,
      StepSite site,
      Scope scope,
      Attempt attempt,
      Duration timeout,
      RunControl control,
      Begun begun) {
    StepDefinition step = site.step();
    CancelScope cancel = new CancelScope();
    FileTally files = new FileTally(new Told(attempt));
    StepCall call =
        new StepCall(
            new StepCall.AttemptId(run.id(), site.key(), attempt.number()),
            cancel,
            files,
            journal.items(run, site.key(), attempt.number()),
            scope.values());
    control.enter(cancel);
    try (MDC.MDCCloseable stepKey = MDC.putCloseable("step", site.key());
        MDC.MDCCloseable attemptKey =
            MDC.putCloseable("attempt", Integer.toString(attempt.number()));
        Watchdog.Watch watch = watchdog.after(timeout, () -> control.timeOut(cancel))) {
      return new StepOutcome.Succeeded(execute(step.type(), step, scope, call, begun));
    } catch (SchedulerException.StaleClaim e) {
      throw e;
    } catch (InterruptedException e) {
      if (cancel.cause().isEmpty()) {
        control.endByInterrupt(run.kind());
        return new StepOutcome.Ended(control.cause().orElseThrow());
      }
      return outcome(e, cancel, step, timeout, files);
    } catch (RuntimeException | Error e) { // a broken step must not leave its run without an end
      return outcome(e, cancel, step, timeout, files);
    } finally {
      control.leave();
    }
  }

  // What an attempt that was ended from outside throws is only the noise of its sockets being
  // closed.
  private static StepOutcome outcome(
      Throwable failure,
      CancelScope cancel,
      StepDefinition step,
      Duration timeout,
      FileTally files) {
    files.log();
    Optional<Cause> cause = cancel.cause();
    FailureClass failureClass =
        failure instanceof InterruptedException
            ? FailureClass.TRANSIENT
            : Failures.classify(failure);
    if (cause.isEmpty() || failureClass == FailureClass.AMBIGUOUS) {
      LOG.debug("event=attempt-failed step={}", step.id(), failure);
      return new StepOutcome.Failed(
          failureClass,
          Failures.state(failure, failureClass),
          new AttemptDetail(FailureCause.of(failure), files.form()),
          Failures.describe(failure),
          failure instanceof JobException.Unsuccessful refused
              ? refused.retryAfter()
              : Optional.empty());
    }
    if (cause.get() == Cause.TIMED_OUT) {
      return new StepOutcome.Failed(
          FailureClass.TRANSIENT,
          AttemptState.TIMED_OUT,
          new AttemptDetail(Optional.empty(), files.form()),
          "step \"%s\" took longer than its timeout of %s and was ended; raise \"timeout\" if it needs longer"
              .formatted(step.id(), DurationWords.of(timeout)),
          Optional.empty());
    }
    return new StepOutcome.Ended(cause.get());
  }

  @SuppressWarnings("unchecked") // handlers holds under each type what that type made
  private <S extends Step> StepHandler<S> handler(StepType<S> type) {
    return (StepHandler<S>) handlers.computeIfAbsent(type, key -> key.handler(services));
  }

  private <S extends Step> StepResult execute(
      StepType<S> type, StepDefinition step, Scope scope, StepCall call, Begun begun)
      throws InterruptedException {
    S bound = type.bind(arguments.render(step, scope), services.connections());
    StepHandler<S> handler = handler(type);
    begun.abandon = () -> handler.abandon(bound, call);
    return handler.execute(bound, call);
  }

  /** Takes back what a step left waiting whose run ends before its next attempt. */
  void abandon(Run run, StepSite site, Scope scope) {
    Begun begun = new Begun();
    StepCall call =
        new StepCall(
            new StepCall.AttemptId(run.id(), site.key(), 0),
            new CancelScope(),
            (item, done, total) -> {},
            journal.items(run, site.key(), 0),
            scope.values());
    begun.abandon = abandoning(site.step().type(), site.step(), scope, call);
    begun.abandon();
  }

  private <S extends Step> Supplier<Optional<String>> abandoning(
      StepType<S> type, StepDefinition step, Scope scope, StepCall call) {
    return () ->
        handler(type)
            .abandon(type.bind(arguments.render(step, scope), services.connections()), call);
  }

  /** Hands on what a step tells while it is at work. */
  private final class Told implements StepProgress {
    private final Attempt attempt;

    Told(Attempt attempt) {
      this.attempt = attempt;
    }

    @Override
    public void moved(String item, long doneBytes, long totalBytes) {
      listener.on(new RunEvent.Progressed(attempt, item, doneBytes, totalBytes));
    }

    @Override
    public void noted(String sentence) {
      LOG.info("event=noted sentence=\"{}\"", Failures.oneLine(sentence));
      listener.on(new RunEvent.Noted(attempt, sentence));
    }
  }

  /** What was begun last, to be taken back if the step fails for good. */
  private static final class Begun {
    private Supplier<Optional<String>> abandon = Optional::empty;

    /** Nothing that goes wrong here is to hide why the step failed. */
    Optional<String> abandon() {
      try {
        Optional<String> said = abandon.get();
        said.ifPresent(sentence -> LOG.info("event=taken-back said=\"{}\"", sentence));
        return said;
      } catch (RuntimeException e) {
        LOG.warn("event=not-taken-back", e);
        return Optional.of("what it left waiting could not be taken back: " + Failures.describe(e));
      }
    }
  }

  private static Optional<Cause> waitFor(Duration delay, Run run, RunControl control) {
    CancelScope waiting = new CancelScope();
    control.enter(waiting);
    try {
      Thread.sleep(delay.toMillis());
    } catch (InterruptedException e) {
      if (waiting.cause().isEmpty()) {
        control.endByInterrupt(run.kind());
      }
    } finally {
      control.leave();
    }
    return control.cause();
  }
}
