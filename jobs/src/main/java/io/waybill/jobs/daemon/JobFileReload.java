package io.waybill.jobs.daemon;

import io.waybill.Waybill;
import io.waybill.jobs.config.InvalidJobFile;
import io.waybill.jobs.config.JobFileContents;
import io.waybill.jobs.config.JobFileOutline;
import io.waybill.jobs.config.JobFileWatch.Look;
import io.waybill.jobs.config.Problem;
import io.waybill.jobs.daemon.ReloadState.Outcome;
import io.waybill.scheduler.SchedulerException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the job files every few seconds, and when it is asked to, and has the daemon take what
 * they say. Files with a mistake change nothing: what was taken last goes on.
 */
final class JobFileReload implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobFileReload.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final String ONCE_ONLY =
      "a job file that is a pipe can be read only once: start the daemon again for another one";
  private static final int MOST_LOOKS = 50;
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final JobFileSource source;
  private final Waybill waybill;
  private final LookHistory history;
  private final Semaphore requests = new Semaphore(0);
  private final Thread thread = new Thread(this::lookAgainAndAgain, "waybill-job-files");
  private volatile ReloadState state;
  private volatile boolean closed;
  private List<Path> named;

  JobFileReload(JobFileSource source, Waybill waybill) {
    this.source = source;
    this.waybill = waybill;
    history = new LookHistory(source.firstLook());
    named = source.first().named();
    state = ReloadState.started(source.first().outline(), source.firstLook(), now());
    thread.setDaemon(true);
  }

  void start() {
    if (source.pipes().isEmpty()) {
      thread.start();
    } else {
      LOG.warn("event=job-files-not-watched files={} reason=\"{}\"", source.pipes(), ONCE_ONLY);
    }
  }

  /** Asks for the files to be read; returns at once. */
  void request() {
    if (source.pipes().isEmpty()) {
      requests.release();
    } else {
      LOG.error("event=job-files-not-taken by=signal reason=\"{}\"", ONCE_ONLY);
    }
  }

  ReloadState state() {
    return state;
  }

  private void lookAgainAndAgain() {
    try {
      while (!closed) {
        boolean isAsked = requests.tryAcquire(source.period().toMillis(), TimeUnit.MILLISECONDS);
        requests.drainPermits();
        if (!closed) {
          heard(isAsked);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is closed
    }
  }

  private void heard(boolean isAsked) throws InterruptedException {
    try {
      if (isAsked) {
        LOG.info("event=reload-asked-for");
        read(settled(), "signal");
      } else {
        Look look = source.look(named);
        if (history.isToBeRead(look)) {
          read(look, "change");
        }
      }
    } catch (RuntimeException e) { // which would end the thread unheard
      LOG.debug("event=job-files-not-read", e);
      fail(e.toString(), isAsked ? "signal" : "change");
    }
  }

  private Look settled() throws InterruptedException {
    Look before = source.look(named);
    for (int i = 0; i < MOST_LOOKS && !closed; i++) {
      Thread.sleep(BETWEEN_LOOKS.toMillis());
      Look look = source.look(named);
      if (look.equals(before)) {
        return look;
      }
      before = look;
    }
    return before;
  }

  private void read(Look look, String by) {
    try {
      JobFileContents contents = source.read();
      if (source.look(named).equals(look)) { // else it is looked at again
        take(contents, look, by);
      }
    } catch (InvalidJobFile e) {
      if (source.look(named).equals(look)) {
        history.judged(look);
        refuse(e, by);
      }
    }
  }

  private void take(JobFileContents contents, Look look, String by) {
    JobFileOutline before = state.outline();
    try {
      waybill.replace(contents.configuration());
    } catch (SchedulerException e) {
      fail(String.valueOf(e.getMessage()), by);
      return;
    }
    Look taken = withNamed(look, contents.named());
    named = contents.named();
    history.judged(taken);
    state = state.taken(contents.outline(), taken, now(), by);
    LOG.info(
        "event=job-files-taken by={} jobs={} changed={}",
        by,
        contents.configuration().jobs().size(),
        changed(before, state.outline()));
    if (!state.restart().isEmpty()) {
      LOG.warn(
          "event=restart-needed keys={} reason=\"they count when the daemon is started again\"",
          state.restart());
    }
  }

  /** Returns what was seen before the files were read, with the files that they name now. */
  private Look withNamed(Look look, List<Path> now) {
    NavigableMap<String, String> digests = new TreeMap<>(look.digests());
    named.stream().filter(file -> !now.contains(file)).map(Path::toString).forEach(digests::remove);
    SortedMap<String, String> seen = source.look(now).digests();
    for (Path file : now) {
      digests.putIfAbsent(file.toString(), String.valueOf(seen.get(file.toString())));
    }
    return new Look(digests);
  }

  private void fail(String why, String by) {
    List<Map<String, Object>> problems = List.of(Map.of("message", why));
    if (!problems.equals(state.last().problems())) { // it is tried again at each look
      LOG.error("event=job-files-not-taken by={} reason=\"{}\" retry=soon", by, why);
    }
    state = state.notTaken(Outcome.FAILED, problems, now(), by);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Names the jobs and the other keys that differ. */
  private static List<String> changed(JobFileOutline before, JobFileOutline after) {
    List<String> jobs =
        Stream.concat(before.jobs().keySet().stream(), after.jobs().keySet().stream())
            .distinct()
            .filter(job -> !Objects.equals(before.jobs().get(job), after.jobs().get(job)))
            .map(job -> "jobs." + job)
            .sorted()
            .toList();
    List<String> others = JobFileOutline.differences(before.others(), after.others());
    return Stream.concat(jobs.stream(), others.stream()).toList();
  }

  private void refuse(InvalidJobFile refused, String by) {
    state =
        state.notTaken(
            Outcome.REFUSED, refused.problems().stream().map(Problem::asMap).toList(), now(), by);
    LOG.error(
        "event=job-files-refused by={} problems={} reason=\"what was read before goes on\"",
        by,
        refused.problems().size());
    refused.problems().forEach(problem -> LOG.error("{}", problem.render()));
  }

  @Override
  public void close() {
    closed = true;
    requests.release(); // an interrupt could hit it while it writes
    try {
      thread.join(CLOSING.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn("event=job-files-still-being-read");
    }
  }
}
