package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.expression.DurationWords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Logs in at several connections, some at a time, and tells how each of them went. */
public final class ConnectionChecks {
  private static final int MOST_AT_A_TIME = 8;

  private final ConnectionCheck check;
  private final Duration within;

  /**
   * Prepares.
   *
   * @param within the longest time for each connection
   */
  public ConnectionChecks(StepServices services, Duration within) {
    this.check = new ConnectionCheck(services);
    this.within = within;
  }

  /**
   * How one went.
   *
   * @param took from the first look-up of its name to its end
   * @param failure why nobody is logged in; empty if somebody was
   */
  public record Outcome(Connection connection, Duration took, Optional<RuntimeException> failure) {}

  /**
   * Logs in at all of them. One that takes too long is closed, and has failed with {@link
   * JobException.TimedOut}; the others are not held up by it.
   *
   * @return in the same order
   * @throws InterruptedException if this thread is interrupted; what is under way is left to end
   */
  public List<Outcome> run(Collection<? extends Connection> connections)
      throws InterruptedException {
    ScheduledExecutorService alarm =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "waybill-check-alarm"));
    try {
      Semaphore turns = new Semaphore(MOST_AT_A_TIME);
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (Connection connection : connections) {
        turns.acquire();
        CompletableFuture<Outcome> outcome = begin(connection, alarm);
        outcomes.add(outcome.whenComplete((ended, failure) -> turns.release()));
      }
      List<Outcome> all = new ArrayList<>();
      for (CompletableFuture<Outcome> outcome : outcomes) {
        all.add(outcome.join()); // the alarm ends it at the latest
      }
      return all;
    } finally {
      alarm.shutdownNow();
    }
  }

  // A look-up of a name cannot be ended: its thread is left alone, and its turn is over.
  private CompletableFuture<Outcome> begin(Connection connection, ScheduledExecutorService alarm) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    CancelScope scope = new CancelScope();
    long start = System.nanoTime();
    daemon(() -> outcome.complete(tried(connection, scope, start)), "waybill-check").start();
    Future<?> unused =
        alarm.schedule(
            () -> {
              outcome.complete(new Outcome(connection, since(start), Optional.of(late())));
              scope.cancel(CancelScope.Cause.TIMED_OUT);
            },
            within.toMillis(),
            TimeUnit.MILLISECONDS);
    return outcome;
  }

  private Outcome tried(Connection connection, CancelScope scope, long start) {
    try {
      check.logIn(connection, scope, within);
      return new Outcome(connection, since(start), Optional.empty());
    } catch (RuntimeException e) {
      return new Outcome(connection, since(start), Optional.of(e));
    }
  }

  private JobException late() {
    return new JobException.TimedOut(
        "nobody was logged in after %s; is a firewall in between? raise --within if it may take longer"
            .formatted(DurationWords.of(within)));
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
