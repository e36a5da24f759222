package io.waybill.scheduler.quartz;

import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.store.JobSets;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that this node came with, and the one question about them: whether the store is to hold
 * them, or those of a newer set that another live node came with. During a rolling restart both are
 * there; an older node leaves what it does not know to the others.
 */
final class JobSet {
  private static final Logger LOG = LoggerFactory.getLogger(JobSet.class);

  private final Engine engine;
  private final FiringHandler handler;
  private final JobSets sets;
  private final LeftMoments left;
  private final Consumer<String> unschedule;
  private Map<String, ScheduledJob> jobs = Map.of();
  private boolean applied;

  /**
   * Makes an empty set.
   *
   * @param left told of moments that a changed schedule leaves
   * @param unschedule removes a job from the store
   */
  JobSet(
      Engine engine,
      FiringHandler handler,
      JobSets sets,
      LeftMoments left,
      Consumer<String> unschedule) {
    this.engine = engine;
    this.handler = handler;
    this.sets = sets;
    this.left = left;
    this.unschedule = unschedule;
  }

  /** Takes these as this node's jobs, and brings the store to them if they are the newest. */
  synchronized void replace(Collection<ScheduledJob> all) {
    Map<String, ScheduledJob> byName = new TreeMap<>();
    all.forEach(job -> byName.put(job.name(), job));
    jobs = byName;
    applied = false;
    sets.announce(hash(byName));
    apply();
  }

  /** Adds or replaces one job, in the store too. */
  synchronized void add(ScheduledJob job) {
    engine.schedule(List.of(job), left);
    Map<String, ScheduledJob> more = new TreeMap<>(jobs);
    more.put(job.name(), job);
    jobs = more;
  }

  /** Takes one job out. */
  synchronized void remove(String name) {
    Map<String, ScheduledJob> fewer = new TreeMap<>(jobs);
    fewer.remove(name);
    jobs = fewer;
  }

  /** Brings the store to this set once no live node has a newer one, and notes what others have. */
  synchronized void look() {
    if (!applied || sets.isNewer()) {
      apply();
    }
    leaveForeign();
  }

  private void apply() {
    if (sets.isNewer()) {
      if (applied) {
        LOG.info("event=job_set_outdated reason=\"a live node has a newer one\"");
      }
      applied = false;
      return;
    }
    Set<String> stored = engine.names();
    stored.stream().filter(name -> !jobs.containsKey(name)).forEach(unschedule);
    engine.schedule(jobs.values(), left);
    applied = true;
    LOG.info("event=job_set_applied jobs={}", jobs.size());
    leaveForeign();
  }

  private void leaveForeign() {
    engine
        .eligibility()
        .foreignJobs(
            engine.names().stream()
                .filter(name -> !handler.knows(name))
                .collect(Collectors.toSet()));
  }

  /**
   * Returns the jobs that the store should hold as they are here; none while a newer set counts.
   */
  synchronized Map<String, ScheduledJob> expected() {
    return sets.isNewer() ? Map.of() : jobs;
  }

  private static String hash(Map<String, ScheduledJob> jobs) {
    String text =
        jobs.values().stream()
            .map(job -> job.name() + JobText.write(job))
            .collect(Collectors.joining("\n"));
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
