package io.waybill.transfer.tcp.server;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** The quotas of a server: one count for each root, however many users see it. */
final class Quotas {
  private final Map<Path, RootUsage> roots = new ConcurrentHashMap<>();

  Quota of(Path root, OptionalLong limit) {
    return new Quota(roots.computeIfAbsent(root, RootUsage::new), limit);
  }

  /** Has each root counted anew when it is next needed. */
  void forget() {
    roots.values().forEach(RootUsage::forget);
  }
}
