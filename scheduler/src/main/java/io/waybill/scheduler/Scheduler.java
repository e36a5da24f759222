package io.waybill.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
