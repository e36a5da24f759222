package io.waybill.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Fires jobs when they are due, and remembers over restarts what is due.
 *
 * <p>Implementations are safe for use by many threads. They are factories of their own packages:
 * {@code QuartzScheduler.open} over a store, {@code ManualScheduler} in tests.
 */
public interface Scheduler extends AutoCloseable {
  /**
   * Creates a job or replaces the one of the same name.
   *
   * <p>A job that is already there unchanged keeps its next firing, missed ones included; a changed
   * one is next due after now. A paused job stays paused.
   *
   * @throws SchedulerException.InvalidSchedule if a schedule cannot be understood
   */
  void schedule(ScheduledJob job);

  /**
   * Makes these the jobs: schedules each as {@link #schedule} does, and unschedules every other. On
   * a store that several nodes share, a node whose set is older than that of another live node
   * leaves the store's jobs as they are until it is the newest.
   */
  default void replaceAll(Collection<ScheduledJob> jobs) {
    Set<String> names = jobs.stream().map(ScheduledJob::name).collect(Collectors.toSet());
    scheduledJobs().stream()
        .map(ScheduledJob::name)
        .filter(name -> !names.contains(name))
        .forEach(this::unschedule);
    jobs.forEach(this::schedule);
  }

  /** Removes a job, if there is one of that name; its live runs go on, its history stays. */
  void unschedule(String name);

  /** Returns all jobs, by name. */
  List<ScheduledJob> scheduledJobs();

  /**
   * Asks for a run now: records it as queued, and fires as soon as a thread is free.
   *
   * @param payloadJson what the run's row carries to the handler, for example its parameters
   * @return the id of the run
   * @throws SchedulerException.UnknownJob if there is no job of that name
   */
  String trigger(String job, String payloadJson);

  /**
   * Spreads parts of a live run's work over the nodes: each part is a run of the same job, which
   * overlap and limits do not hold up. Called again with the same payloads, after a crash for
   * example, it finds the parts that are there.
   *
   * @param payloads what each part's row carries to the handler
   * @return the parts' run ids, in that order
   * @throws UnsupportedOperationException if this scheduler has no store
   */
  default List<String> fanOut(Run parent, List<String> payloads) {
    throw new UnsupportedOperationException("this scheduler keeps no runs");
  }

  /**
   * Asks a run to end, on whatever node it is. One that waits ends soon, a live one when its node
   * hears of it, which may take as long as nodes take to check in.
   *
   * @param why becomes the run's message
   * @throws SchedulerException.NotClaimable if there is no such run, or it is finished
   * @throws UnsupportedOperationException if this scheduler has no store
   */
  default void cancel(String runId, String why) {
    throw new UnsupportedOperationException("this scheduler keeps no runs");
  }

  /**
   * Goes on with a run that has ended without success, as soon as a thread is free.
   *
   * @param payloadJson replaces what the run's row carries to the handler
   * @throws SchedulerException.NotClaimable if there is no such run, it has not ended, it has
   *     succeeded, or it never started
   * @throws SchedulerException.UnknownJob if its job is not scheduled any more
   * @throws UnsupportedOperationException if this scheduler has no store
   */
  default void retry(String runId, String payloadJson) {
    throw new UnsupportedOperationException("this scheduler keeps no runs");
  }

  /**
   * Has a run that waits in the queue begin as soon as a thread is free and nothing holds it up;
   * does nothing about any other.
   *
   * @throws UnsupportedOperationException if this scheduler has no store
   */
  default void wake(String runId) {
    throw new UnsupportedOperationException("this scheduler keeps no runs");
  }

  /**
   * Returns when a job is next due by its schedule; empty if it never is, is paused, or is only
   * triggered.
   *
   * @throws SchedulerException.UnknownJob if there is no job of that name
   */
  Optional<Instant> nextFiring(String job);

  /**
   * Returns whether a job is paused.
   *
   * @throws SchedulerException.UnknownJob if there is no job of that name
   */
  boolean isPaused(String job);

  /**
   * Stops firing a job by its schedule until resumed; survives a restart and a changed definition,
   * but not {@link #unschedule}. Triggering goes on.
   *
   * @throws SchedulerException.UnknownJob if there is no job of that name
   */
  void pause(String job);

  /**
   * Goes on firing a paused job at its next moment after now; paused time is never missed.
   *
   * @throws SchedulerException.UnknownJob if there is no job of that name
   */
  void resume(String job);

  /** Starts firing. Until then jobs can be scheduled but nothing fires. */
  void start();

  /**
   * Stops firing, and waits for live firings to end. {@link #start} goes on.
   *
   * @param limit how long to wait at most
   * @return whether all have ended
   */
  boolean drain(Duration limit);

  /**
   * Stops firing, interrupts live firings, and releases every thread. Call {@link #drain} first to
   * let them end. Does nothing the second time.
   */
  @Override
  void close();
}
