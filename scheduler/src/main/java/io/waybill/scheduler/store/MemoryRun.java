package io.waybill.scheduler.store;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.Run;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run in memory as it is now, and its attempts in the order in which they were written. */
final class MemoryRun {
  final @Nullable String slot;
  final List<Attempt> attempts = new ArrayList<>(1);
  Run run;

  MemoryRun(@Nullable String slot, Run run) {
    this.slot = slot;
    this.run = run;
  }
}
