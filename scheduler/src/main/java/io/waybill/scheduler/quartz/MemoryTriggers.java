package io.waybill.scheduler.quartz;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.Trigger.TriggerState;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;

/**
 * The triggers of an engine that keeps them in memory. There is one node, which may take each of
 * them, and no connection that could break while it holds one: none but those in an error state are
 * stuck.
 */
final class MemoryTriggers implements StoredTriggers {
  private final Scheduler quartz;
  private final Eligibility eligibility = new Eligibility();

  MemoryTriggers(Scheduler quartz) {
    this.quartz = quartz;
  }

  @Override
  public Eligibility eligibility() {
    return eligibility;
  }

  @Override
  public Map<JobKey, JobDetail> jobs(Collection<JobKey> keys) throws SchedulerException {
    Map<JobKey, JobDetail> found = new HashMap<>();
    for (JobKey key : keys) {
      JobDetail job = quartz.getJobDetail(key);
      if (job != null) {
        found.put(key, job);
      }
    }
    return found;
  }

  @Override
  public Map<String, TriggerRows.Held> triggers(String group) throws SchedulerException {
    Map<String, TriggerRows.Held> held = new HashMap<>();
    for (TriggerKey key : quartz.getTriggerKeys(GroupMatcher.triggerGroupEquals(group))) {
      Trigger trigger = quartz.getTrigger(key);
      if (trigger != null) {
        Optional<Instant> next =
            Optional.ofNullable(trigger.getNextFireTime()).map(Date::toInstant);
        held.put(key.getName(), new TriggerRows.Held(quartz.getTriggerState(key).name(), next));
      }
    }
    return held;
  }

  @Override
  public List<TriggerRows.Stuck> free(Instant overdueBefore) throws SchedulerException {
    List<TriggerRows.Stuck> stuck = new ArrayList<>();
    for (TriggerKey key : quartz.getTriggerKeys(GroupMatcher.anyTriggerGroup())) {
      TriggerState state = quartz.getTriggerState(key);
      if (state == TriggerState.ERROR) {
        quartz.resetTriggerFromErrorState(key);
        stuck.add(new TriggerRows.Stuck(key, state.name()));
      }
    }
    return stuck;
  }
}
