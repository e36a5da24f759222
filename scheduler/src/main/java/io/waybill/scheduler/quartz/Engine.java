package io.waybill.scheduler.quartz;

import static org.quartz.JobBuilder.newJob;
import static org.quartz.SimpleScheduleBuilder.simpleSchedule;
import static org.quartz.TriggerBuilder.newTrigger;

import io.waybill.scheduler.Owner;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Scheduler;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;

/** One Quartz scheduler; speaks of jobs by name, and turns Quartz's exceptions into ours. */
final class Engine {
  private static final String JOBS = "waybill";
  private static final int MAX_SCHEDULES_TEXT = 512;
  // of new jobs in one transaction, during which no other node can fire
  private static final int MOST_TOGETHER = 500;

  private final Scheduler quartz;
  private final StoredTriggers tables;
  private final KnownJobs known = new KnownJobs();

  private Engine(EngineFactory.Made made) {
    quartz = made.scheduler();
    tables = made.store();
  }

  static Engine over(Store store, Owner owner, EngineSettings settings) {
    return new Engine(call("opening", () -> EngineFactory.create(store, owner, settings)));
  }

  static Engine inMemory(Owner owner, EngineSettings settings) {
    return new Engine(call("opening", () -> EngineFactory.createInMemory(owner, settings)));
  }

  void dispatchTo(Dispatcher dispatcher) {
    run("opening", () -> quartz.setJobFactory((fired, q) -> new FiringJob(dispatcher, known)));
  }

  void start() {
    run("starting", quartz::start);
  }

  void standby() {
    run("stopping", quartz::standby);
  }

  /** Returns whether it fires. */
  boolean isFiring() {
    return call("asking", () -> quartz.isStarted() && !quartz.isInStandbyMode());
  }

  boolean isClosed() {
    return call("asking", quartz::isShutdown);
  }

  /**
   * Shuts Quartz down; waits for its workers, but not for ever: with the store gone they try for
   * ever to write that a job is complete.
   *
   * @return whether all workers have ended
   */
  boolean close(Duration limit) throws InterruptedException {
    Thread closing =
        new Thread(() -> run("closing", () -> quartz.shutdown(true)), "waybill-closing");
    closing.setDaemon(true);
    closing.start();
    closing.join(limit.toMillis());
    return !closing.isAlive();
  }

  /**
   * Brings the store to some jobs. Those that it does not have are stored together: one by one, the
   * first start with ten thousand jobs would take minutes.
   *
   * @param left told of each moment that came due and did not fire before its schedule went, before
   *     it goes
   */
  void schedule(Collection<ScheduledJob> jobs, LeftMoments left) {
    Map<JobKey, JobDetail> stored = stored(jobs);
    Map<JobDetail, Set<? extends Trigger>> fresh = new LinkedHashMap<>();
    for (ScheduledJob job : jobs) {
      JobDetail existing = stored.get(jobKey(job.name()));
      if (existing != null) {
        run("scheduling " + job.name(), () -> change(job, existing, left));
      } else {
        Map<String, String> text = JobText.write(job);
        known.put(job, text);
        JobDetail detail = detail(job.name(), text);
        fresh.put(detail, isOver(job) ? Set.of() : Set.of(timetable(job)));
        if (fresh.size() == MOST_TOGETHER) {
          store(fresh);
        }
      }
    }
    store(fresh);
  }

  private Map<JobKey, JobDetail> stored(Collection<ScheduledJob> jobs) {
    List<JobKey> keys = jobs.stream().map(job -> jobKey(job.name())).toList();
    return call("reading jobs", () -> tables.jobs(keys));
  }

  private void store(Map<JobDetail, Set<? extends Trigger>> fresh) {
    run(
        "scheduling " + fresh.size() + " jobs",
        () -> {
          for (Map.Entry<JobDetail, Set<? extends Trigger>> each : fresh.entrySet()) {
            if (each.getValue().isEmpty()) {
              quartz.addJob(each.getKey(), true);
            }
          }
          fresh.values().removeIf(Set::isEmpty);
          quartz.scheduleJobs(fresh, true);
        });
    fresh.clear();
  }

  private static boolean isOver(ScheduledJob job) {
    return Timetable.of(job).next(Instant.now().minusMillis(1)).isEmpty();
  }

  private void change(ScheduledJob job, JobDetail existing, LeftMoments left)
      throws org.quartz.SchedulerException {
    Map<String, String> text = JobText.write(job);
    Map<String, String> before = JobText.definition(existing.getJobDataMap());
    boolean paused = isPaused(existing);
    if (!before.equals(text)) {
      quartz.addJob(detail(job.name(), paused ? paused(text) : text), true);
      // while paused the next trigger is made by resume, so that none fires until then
      if (!paused && !JobText.isSameTimetable(before, text)) {
        Trigger old = quartz.getTrigger(triggerKey(job.name()));
        if (old != null && old.getNextFireTime() != null) {
          left.tell(JobText.read(job.name(), before), old.getNextFireTime().toInstant(), job);
        }
        replaceTrigger(job.name(), isOver(job) ? null : timetable(job));
      }
    }
    if (paused) { // the process may have died between the two parts of pausing
      quartz.pauseTrigger(triggerKey(job.name()));
    }
  }

  private static Map<String, String> paused(Map<String, String> definition) {
    Map<String, String> text = new HashMap<>(definition);
    text.put(JobText.PAUSED, "true");
    return text;
  }

  private static JobDetail detail(String name, Map<String, String> text) {
    return newJob(FiringJob.class)
        .withIdentity(jobKey(name))
        .usingJobData(new JobDataMap(text))
        .storeDurably()
        .requestRecovery()
        .build();
  }

  private static Trigger timetable(ScheduledJob job) {
    return timetable(job, Instant.now());
  }

  private static Trigger timetable(ScheduledJob job, Instant from) {
    String schedules = ScheduleText.write(job.schedules());
    boolean fits = schedules.length() <= MAX_SCHEDULES_TEXT;
    TriggerBuilder<Trigger> trigger =
        newTrigger()
            .withIdentity(triggerKey(job.name()))
            .forJob(jobKey(job.name()))
            .startAt(Date.from(from));
    if (!fits) {
      trigger.usingJobData(JobText.SCHEDULES, schedules);
    }
    return trigger
        .withSchedule(
            new TimetableTrigger.Builder(
                fits ? schedules : TimetableTrigger.CARRIED, job.zone().getId()))
        .build();
  }

  /** Puts a trigger where another may be: scheduleJob with replace fails if its type differs. */
  private void replaceTrigger(String job, @Nullable Trigger trigger)
      throws org.quartz.SchedulerException {
    if (trigger == null) {
      quartz.unscheduleJob(triggerKey(job));
    } else if (quartz.checkExists(triggerKey(job))) {
      quartz.rescheduleJob(triggerKey(job), trigger);
    } else {
      quartz.scheduleJob(trigger);
    }
  }

  void unschedule(String name) {
    run("unscheduling " + name, () -> quartz.deleteJob(jobKey(name)));
    known.remove(name);
  }

  List<ScheduledJob> jobs() {
    return call(
        "listing jobs",
        () ->
            tables.jobs(quartz.getJobKeys(GroupMatcher.jobGroupEquals(JOBS))).values().stream()
                .map(Engine::job)
                .sorted(Comparator.comparing(ScheduledJob::name))
                .toList());
  }

  private static ScheduledJob job(JobDetail detail) {
    return JobText.read(detail.getKey().getName(), JobText.strings(detail.getJobDataMap()));
  }

  boolean hasJob(String name) {
    return call("looking for " + name, () -> quartz.checkExists(jobKey(name)));
  }

  void requireJob(String name) {
    if (!hasJob(name)) {
      throw new SchedulerException.UnknownJob(name);
    }
  }

  /**
   * Makes a job fire for a run, unless it is going to already.
   *
   * @param group {@link Eligibility#ANY_NODE}, or of the one node that may take it
   */
  void fireOnce(String job, String runId, Instant at, String group) {
    TriggerKey key = new TriggerKey(runId, group);
    Trigger once =
        newTrigger()
            .withIdentity(key)
            .forJob(jobKey(job))
            .usingJobData(FiringJob.RUN_ID, runId)
            .startAt(Date.from(at))
            .withSchedule(simpleSchedule().withMisfireHandlingInstructionIgnoreMisfires())
            .build();
    run(
        "firing run " + runId,
        () -> {
          try {
            quartz.scheduleJob(once);
          } catch (ObjectAlreadyExistsException e) {
            // the firing that it made is not over yet, or has ended just now
            if (isSpent(key) && quartz.rescheduleJob(key, once) == null) {
              quartz.scheduleJob(once);
            }
          }
        });
  }

  private boolean isSpent(TriggerKey key) throws org.quartz.SchedulerException {
    return switch (quartz.getTriggerState(key)) {
      case NORMAL, PAUSED, BLOCKED -> {
        // in memory the state stays what it was until its firing is over
        Trigger trigger = quartz.getTrigger(key);
        yield trigger == null || trigger.getNextFireTime() == null;
      }
      case NONE, COMPLETE, ERROR -> true;
    };
  }

  Optional<Instant> nextFiring(String name) {
    boolean paused = isPaused(name);
    return call(
        "asking for " + name,
        () -> {
          Trigger trigger = quartz.getTrigger(triggerKey(name));
          return trigger == null || paused
              ? Optional.empty()
              : Optional.ofNullable(trigger.getNextFireTime()).map(Date::toInstant);
        });
  }

  boolean isPaused(String name) {
    return call("asking for " + name, () -> isPaused(requireDetail(name)));
  }

  /**
   * Pauses a job in two parts: a mark at the job, which stays while definitions and triggers come
   * and go, and the state of the trigger that it has now.
   */
  void pause(String name) {
    run(
        "pausing " + name,
        () -> {
          JobDetail job = requireDetail(name);
          quartz.addJob(detail(name, paused(JobText.definition(job.getJobDataMap()))), true);
          quartz.pauseTrigger(triggerKey(name));
        });
  }

  void resume(String name) {
    run(
        "resuming " + name,
        () -> {
          JobDetail stored = requireDetail(name);
          if (isPaused(stored)) {
            Map<String, String> text = JobText.definition(stored.getJobDataMap());
            quartz.addJob(detail(name, text), true);
            // a trigger made anew is next due after now, so nothing that was paused is missed
            ScheduledJob job = JobText.read(name, text);
            boolean due = Timetable.of(job).next(Instant.now()).isPresent();
            replaceTrigger(name, due ? timetable(job) : null);
          }
        });
  }

  private JobDetail requireDetail(String name) throws org.quartz.SchedulerException {
    JobDetail job = quartz.getJobDetail(jobKey(name));
    if (job == null) {
      throw new SchedulerException.UnknownJob(name);
    }
    return job;
  }

  private boolean isPaused(JobDetail job) throws org.quartz.SchedulerException {
    return job.getJobDataMap().containsKey(JobText.PAUSED)
        || quartz.getTriggerState(triggerKey(job.getKey().getName()))
            == Trigger.TriggerState.PAUSED;
  }

  /** Returns the names of all jobs in the store. */
  Set<String> names() {
    return call(
        "listing jobs",
        () ->
            quartz.getJobKeys(GroupMatcher.jobGroupEquals(JOBS)).stream()
                .map(JobKey::getName)
                .collect(Collectors.toSet()));
  }

  /** Returns the triggers of the jobs' schedules, by the job's name. */
  Map<String, TriggerRows.Held> timetables() {
    return call("reading triggers", () -> tables.triggers(JOBS));
  }

  /** Frees triggers that no node is going to fire; as {@link TriggerRows#free}. */
  List<TriggerRows.Stuck> free(Instant overdueBefore) {
    return call("freeing triggers", () -> tables.free(overdueBefore));
  }

  /** Makes a job's trigger anew, due from a moment on. */
  void renew(ScheduledJob job, Instant from) {
    run("repairing " + job.name(), () -> replaceTrigger(job.name(), timetable(job, from)));
  }

  /** Returns which triggers this node may take. */
  Eligibility eligibility() {
    return tables.eligibility();
  }

  private static JobKey jobKey(String name) {
    return new JobKey(name, JOBS);
  }

  private static TriggerKey triggerKey(String name) {
    return new TriggerKey(name, JOBS);
  }

  /** Asks Quartz for something. */
  @FunctionalInterface
  private interface Call<T> {
    T make() throws org.quartz.SchedulerException;
  }

  /** Tells Quartz to do something. */
  @FunctionalInterface
  private interface Command {
    void make() throws org.quartz.SchedulerException;
  }

  private static void run(String doing, Command command) {
    call(
        doing,
        () -> {
          command.make();
          return true;
        });
  }

  private static <T> T call(String doing, Call<T> call) {
    try {
      return call.make();
    } catch (org.quartz.SchedulerException e) {
      throw new SchedulerException.EngineFailed(
          "the engine failed while " + doing + ": " + e.getMessage(), e);
    }
  }
}
