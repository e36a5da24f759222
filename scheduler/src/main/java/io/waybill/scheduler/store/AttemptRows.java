package io.waybill.scheduler.store;

import io.waybill.scheduler.Attempt;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The attempts of runs as one transaction sees them. */
interface AttemptRows {
  /** What is written of an attempt that an earlier owner of its run left running. */
  String INTERRUPTED = "its process died or lost the run";

  void insert(Attempt attempt);

  /** Writes the end of an attempt; false if it had ended already. */
  boolean updateEnd(Attempt attempt);

  /** Ends what an earlier owner of the run left running. */
  void interruptOlder(String runId, long token, Instant now);

  /** Returns the number of a step's latest attempt; 0 if it has none. */
  int lastNumber(String runId, String stepKey);

  Optional<Attempt> byId(String runId, String id);

  /** Returns a run's attempts, oldest first. */
  List<Attempt> ofRun(String runId);
}
