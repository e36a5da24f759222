package io.waybill.scheduler.store;

import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.RunState;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What holds of the scheduler's own rows and the engine's, beyond their keys. */
final class SchedulerRules {
  private static final String FINISHED =
      Arrays.stream(RunState.values())
          .filter(RunState::isFinished)
          .map(state -> "'" + state + "'")
          .collect(Collectors.joining(", ", "(", ")"));

  private SchedulerRules() {}

  static List<StoreRule> all() {
    return List.of(
        problem(
            "wb_run",
            "is in a state that this program does not know",
            "select id from wb_run where state not in " + words(RunState.values())),
        problem(
            "wb_run",
            "is finished and has no end",
            "select id from wb_run where ended_at is null and state in " + FINISHED),
        problem(
            "wb_run",
            "has an end and is not finished",
            "select id from wb_run where ended_at is not null and state not in " + FINISHED),
        problem(
            "wb_run",
            "is running without an owner, a token or a start",
            "select id from wb_run where state = 'RUNNING' and (node is null or incarnation is null"
                + " or token < 1 or started_at is null)"),
        problem(
            "wb_attempt",
            "is in a state that this program does not know",
            "select id from wb_attempt where state not in " + words(AttemptState.values())),
        problem(
            "wb_attempt",
            "has ended without an end, or has an end and is running",
            "select id from wb_attempt where (state = 'RUNNING') <> (ended_at is null)"),
        problem(
            "wb_attempt",
            "was made under a token that its run never had",
            "select a.id from wb_attempt a join wb_run r on r.id = a.run_id where a.token > r.token"),
        problem(
            "wb_audit",
            "rows of the audit are there, and not as many as its chain is long: rows were put in or"
                + " removed",
            "select cast(n as varchar(20)) from (select count(*) as n from wb_audit) a where n <>"
                + " coalesce((select last_number - pruned_number from wb_audit_chain), 0)"),
        problem(
            "wb_audit_chain",
            "is a chain whose last row is gone or another one",
            "select name from wb_audit_chain c where last_number > pruned_number and not exists"
                + " (select 1 from wb_audit a where a.number = c.last_number and a.hash ="
                + " c.last_hash)"),
        problem(
            "qrtz_triggers",
            "is a trigger whose schedule is missing",
            "select trigger_name from qrtz_triggers t where (trigger_type = 'SIMPLE' and not exists"
                + " (select 1 from qrtz_simple_triggers s where"
                + sameTrigger()
                + ")) or (trigger_type not in ('SIMPLE', 'CRON', 'BLOB') and not exists (select 1"
                + " from qrtz_simprop_triggers s where"
                + sameTrigger()
                + "))"),
        note(
            "qrtz_triggers",
            "is a trigger that the engine has given up",
            "select trigger_name from qrtz_triggers where trigger_state = 'ERROR'"),
        note(
            "wb_run",
            "is not finished and has no trigger: the next start brings it back, or closes it if a"
                + " command ran it",
            "select id from wb_run r where state not in "
                + FINISHED
                + " and not exists (select 1 from qrtz_triggers t where t.trigger_name = r.id)"
                + " and not exists (select 1 from qrtz_fired_triggers f where f.job_name = r.job)"));
  }

  private static StoreRule problem(String table, String meaning, String query) {
    return new StoreRule(table, meaning, query, false);
  }

  private static StoreRule note(String table, String meaning, String query) {
    return new StoreRule(table, meaning, query, true);
  }

  private static String sameTrigger() {
    return " s.sched_name = t.sched_name and s.trigger_name = t.trigger_name and s.trigger_group ="
        + " t.trigger_group";
  }

  private static String words(Enum<?>[] values) {
    return Arrays.stream(values)
        .map(value -> "'" + value.name() + "'")
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
