package io.waybill.jobs.alert;

import io.waybill.jobs.Trigger;
import java.util.Optional;

/** Knows under which id the ledger has the source of a trigger. */
@FunctionalInterface
public interface QuietSources {
  /**
   * Returns the id of the source that a trigger of a job looks at; empty where all sources of the
   * job are meant.
   */
  Optional<String> idOf(String job, Trigger trigger);
}
