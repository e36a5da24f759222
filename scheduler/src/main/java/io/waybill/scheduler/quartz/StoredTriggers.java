package io.waybill.scheduler.quartz;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.SchedulerException;

/** What is asked of the engine's store, where the engine itself does not ask, or one by one. */
interface StoredTriggers {
  /** Returns which triggers this node may take. */
  Eligibility eligibility();

  /** Returns those of the jobs that are stored. */
  Map<JobKey, JobDetail> jobs(Collection<JobKey> keys) throws SchedulerException;

  /** Returns every trigger of a group, by name. */
  Map<String, TriggerRows.Held> triggers(String group) throws SchedulerException;

  /** Frees triggers that no node is going to fire; as {@link TriggerRows#free}. */
  List<TriggerRows.Stuck> free(Instant overdueBefore) throws SchedulerException;
}
