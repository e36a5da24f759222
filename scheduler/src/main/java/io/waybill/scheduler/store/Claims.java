package io.waybill.scheduler.store;

import io.waybill.scheduler.Run;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The runs that this process works on, as it wrote them last. A run that the store says is this
 * process's and that is not here was dropped, after a failure of the store for example, and may be
 * claimed anew.
 */
final class Claims {
  private final Map<String, Run> runs = new ConcurrentHashMap<>();
  private final Map<String, String> endings = new ConcurrentHashMap<>();

  void put(Run run) {
    runs.put(run.id(), run);
  }

  boolean contains(String runId) {
    return runs.containsKey(runId);
  }

  /** Forgets a run, and returns how it was written last. */
  Optional<Run> remove(String runId) {
    endings.remove(runId);
    return Optional.ofNullable(runs.remove(runId));
  }

  /** Notes that somebody asked for a run's end; false if it is not one of these. */
  boolean end(String runId, String why) {
    if (!contains(runId)) {
      return false;
    }
    endings.putIfAbsent(runId, why);
    return true;
  }

  /** Returns why a run is to end. */
  Optional<String> ending(String runId) {
    return Optional.ofNullable(endings.get(runId));
  }

  Set<String> ids() {
    return Set.copyOf(runs.keySet());
  }
}
