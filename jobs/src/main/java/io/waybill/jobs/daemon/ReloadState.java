package io.waybill.jobs.daemon;

import io.waybill.jobs.config.JobFileOutline;
import io.waybill.jobs.config.JobFileWatch.Look;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a daemon stands with its files.
 *
 * @param outline of what counts; what {@code daemon} says is that of the start
 * @param restart keys that would be other after a restart
 * @param files that count, with their digests
 * @param last how the last reading ended
 */
record ReloadState(
    JobFileOutline outline, List<String> restart, Map<String, String> files, Reading last) {
  private static final String DAEMON = "daemon.";
  private static final String AUDIT = "daemon.audit";

  /** How a reading of the files ended. */
  enum Outcome {
    /** They count. */
    TAKEN,
    /** There are mistakes in them; those before them count. */
    REFUSED,
    /** They are right, and the store could not take them; it is tried again. */
    FAILED
  }

  /**
   * A reading of the files.
   *
   * @param by why they were read: {@code start}, {@code change} or {@code signal}
   * @param since when it first ended like that, if it did not end well
   * @param problems the mistakes in them
   */
  record Reading(
      Instant at, String by, Outcome outcome, Instant since, List<Map<String, Object>> problems) {
    Reading {
      problems = List.copyOf(problems);
    }

    boolean isWell() {
      return outcome == Outcome.TAKEN;
    }
  }

  static ReloadState started(JobFileOutline outline, Optional<Look> look, Instant now) {
    return new ReloadState(
        outline,
        List.of(),
        look.map(Look::digests).orElse(new TreeMap<>()),
        new Reading(now, "start", Outcome.TAKEN, now, List.of()));
  }

  /** Returns the state after files were taken. */
  ReloadState taken(JobFileOutline next, Look look, Instant now, String by) {
    SortedMap<String, String> others = new TreeMap<>(next.others());
    others.keySet().removeIf(ReloadState::isOfStart);
    outline.others().forEach((way, digest) -> putIf(isOfStart(way), others, way, digest));
    return new ReloadState(
        new JobFileOutline(next.jobs(), others),
        needingRestart(outline, next),
        look.digests(),
        new Reading(now, by, Outcome.TAKEN, now, List.of()));
  }

  private static void putIf(boolean condition, Map<String, String> map, String way, String digest) {
    if (condition) {
      map.put(way, digest);
    }
  }

  /** Returns the state after files were not taken. */
  ReloadState notTaken(
      Outcome outcome, List<Map<String, Object>> problems, Instant now, String by) {
    Instant since = last.isWell() ? now : last.since();
    return new ReloadState(outline, restart, files, new Reading(now, by, outcome, since, problems));
  }

  /** Returns the keys of {@code daemon} that count from the next start on, such as daemon.store. */
  static List<String> needingRestart(JobFileOutline running, JobFileOutline next) {
    return JobFileOutline.differences(running.others(), next.others()).stream()
        .filter(ReloadState::isOfStart)
        .map(way -> way.replaceFirst("^(daemon\\.[^.\\[]+).*", "$1"))
        .distinct()
        .toList();
  }

  private static boolean isOfStart(String way) {
    return way.startsWith(DAEMON) && !way.startsWith(AUDIT);
  }

  Map<String, Object> form() {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("at", last.at().toString());
    form.put("by", last.by());
    form.put("outcome", last.outcome().name().toLowerCase(Locale.ROOT));
    if (!last.isWell()) {
      form.put("since", last.since().toString());
      form.put("problems", new ArrayList<Object>(last.problems()));
    }
    return form;
  }
}
