package io.waybill.scheduler.store;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Runs in memory by something that several may have in common, each ordered by id. */
final class MemoryIndex {
  private final Map<String, NavigableMap<String, MemoryRun>> runs = new HashMap<>();

  void add(String key, MemoryRun run) {
    runs.computeIfAbsent(key, any -> new TreeMap<>()).put(run.run.id(), run);
  }

  void remove(String key, MemoryRun run) {
    NavigableMap<String, MemoryRun> common = of(key);
    common.remove(run.run.id());
    if (common.isEmpty()) {
      runs.remove(key);
    }
  }

  /** Returns those of a key by id; read only if there are none. */
  private NavigableMap<String, MemoryRun> of(String key) {
    return runs.getOrDefault(key, Collections.emptyNavigableMap());
  }

  Collection<MemoryRun> oldestFirst(String key) {
    return of(key).values();
  }

  Collection<MemoryRun> newestFirst(String key) {
    return of(key).descendingMap().values();
  }

  Collection<MemoryRun> before(String key, String id) {
    return of(key).headMap(id, false).values();
  }
}
