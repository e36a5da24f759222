package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.Alert.Kind;
import io.waybill.jobs.Due;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.NotifyPolicy;
import io.waybill.jobs.Trigger;
import io.waybill.jobs.alert.SilenceRules.Step;
import io.waybill.jobs.ledger.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at one thing of a job that must not be silent: its {@code due}, or a {@code quiet}. */
final class SilenceLook {
  private final JobDefinition job;
  private final String kind;
  private final Subject subject;

  private SilenceLook(JobDefinition job, String kind, Subject subject) {
    this.job = job;
    this.kind = kind;
    this.subject = subject;
  }

  /** What must not be silent. */
  private sealed interface Subject {
    record Job(Due due) implements Subject {}

    record Source(Trigger trigger, Trigger.Quiet quiet, Optional<String> id) implements Subject {}
  }

  /** Returns all of a job of which somebody is told. */
  static List<SilenceLook> of(JobDefinition job, QuietSources sources) {
    List<SilenceLook> looks = new ArrayList<>();
    NotifyPolicy policy = job.notifyPolicy();
    if (job.due().isPresent() && !policy.overdue().isEmpty()) {
      looks.add(
          new SilenceLook(job, AlertStates.OVERDUE, new Subject.Job(job.due().orElseThrow())));
    }
    int number = 0;
    for (Trigger trigger : job.triggers()) {
      Optional<Trigger.Quiet> quiet = quiet(trigger);
      if (quiet.isPresent() && !hears(policy).isEmpty()) {
        String kind = AlertStates.QUIET + (number == 0 ? "" : "-" + number);
        looks.add(
            new SilenceLook(
                job,
                kind,
                new Subject.Source(trigger, quiet.get(), sources.idOf(job.name(), trigger))));
      }
      number++;
    }
    return List.copyOf(looks);
  }

  private static Optional<Trigger.Quiet> quiet(Trigger trigger) {
    if (trigger instanceof Trigger.FilesArrive files) {
      return files.quiet();
    }
    return trigger instanceof Trigger.MailArrives mail ? mail.quiet() : Optional.empty();
  }

  private static List<String> hears(NotifyPolicy policy) {
    return policy.quiet().isEmpty() ? policy.overdue() : policy.quiet();
  }

  JobDefinition job() {
    return job;
  }

  /** Returns the kind of its row. */
  String kind() {
    return kind;
  }

  /**
   * Looks, and raises what is to be told.
   *
   * @return when to look again
   */
  Optional<Instant> in(Connection connection, Alerts alerts, boolean isHalted, Instant now)
      throws SQLException {
    AlertStates states = new AlertStates(connection);
    Optional<Silence> known = states.silence(job.name(), kind);
    Silence before = Silence.of(known, rule(), isHalted, now);
    Step step =
        isHalted
            ? new Step(before, Optional.empty(), false, Optional.empty())
            : step(connection, before, now);
    if (!Optional.of(step.state()).equals(known)) {
      states.write(job.name(), kind, step.state());
    }
    if (subject instanceof Subject.Source source) {
      tellSource(connection, alerts, source, step);
    } else {
      tellJob(connection, alerts, before, step);
    }
    return step.nextLook();
  }

  private String rule() {
    String text =
        subject instanceof Subject.Source source
            ? source.quiet() + "/" + source.id().orElse(name(source.trigger()))
            : ((Subject.Job) subject).due().toString();
    return text + "/" + job.zone();
  }

  private Step step(Connection connection, Silence before, Instant now) throws SQLException {
    if (subject instanceof Subject.Source source) {
      CountedTime time = new CountedTime(job.zone(), source.quiet().during());
      return SilenceRules.within(
          before, time, source.quiet().alertAfter(), lastArrival(connection, source), now);
    }
    Due due = ((Subject.Job) subject).due();
    if (due instanceof Due.Daily daily) {
      return SilenceRules.daily(
          before, new DailyDeadlines(job, daily), now, begun -> firstSuccess(connection, begun));
    }
    Due.Within within = (Due.Within) due;
    return SilenceRules.within(
        before,
        new CountedTime(job.zone(), within.days()),
        within.length(),
        lastSuccess(connection),
        now);
  }

  private Optional<Instant> firstSuccess(Connection connection, Instant begun) throws SQLException {
    // a scheduled run belongs to its moment, however early a clock says that it began
    return new Sql(connection)
        .select(
            "select min(ended_at) from wb_run where job = ? and state = 'SUCCEEDED' and kind <>"
                + " 'SHARD' and (started_at >= ? or (kind = 'SCHEDULE' and scheduled_at >= ?))",
            row -> Sql.optionalTime(row, 1),
            job.name(),
            begun,
            begun)
        .get(0);
  }

  private Optional<Instant> lastSuccess(Connection connection) throws SQLException {
    return new Sql(connection)
        .select(
            "select max(ended_at) from wb_run where job = ? and state = 'SUCCEEDED' and kind <>"
                + " 'SHARD'",
            row -> Sql.optionalTime(row, 1),
            job.name())
        .get(0);
  }

  private Optional<Instant> lastArrival(Connection connection, Subject.Source source)
      throws SQLException {
    String sql = "select max(last_at) from wb_source where job = ?";
    Sql rows = new Sql(connection);
    return source.id().isPresent()
        ? rows.select(
                sql + " and id = ?", row -> Sql.optionalTime(row, 1), job.name(), source.id().get())
            .get(0)
        : rows.select(sql, row -> Sql.optionalTime(row, 1), job.name()).get(0);
  }

  private void tellJob(Connection connection, Alerts alerts, Silence before, Step step)
      throws SQLException {
    AlertWords words = new AlertWords(job);
    if (step.missed().isPresent()) {
      alerts.raise(
          connection,
          Kind.OVERDUE,
          about(),
          words.overdue(step.missed().get()),
          job.notifyPolicy().overdue());
    } else if (step.isOver()) {
      alerts.raise(
          connection,
          Kind.RECOVERY,
          about(),
          words.over(before.told()),
          job.notifyPolicy().recovery());
    }
  }

  private void tellSource(Connection connection, Alerts alerts, Subject.Source source, Step step)
      throws SQLException {
    AlertWords words = new AlertWords(job);
    Optional<Instant> last = lastArrival(connection, source);
    if (step.isOver()) {
      alerts.raise(
          connection,
          Kind.RECOVERY,
          about(),
          words.arrived(name(source.trigger()), last.orElseGet(alerts::now)),
          job.notifyPolicy().recovery());
    }
    if (step.missed().isPresent()) {
      Instant since = step.state().told().orElseGet(alerts::now);
      alerts.raise(
          connection,
          Kind.QUIET,
          about(),
          words.quiet(name(source.trigger()), source.quiet().alertAfter(), since),
          hears(job.notifyPolicy()));
    }
  }

  private Alert.About about() {
    return new Alert.About(job.name(), Optional.empty());
  }

  private static String name(Trigger trigger) {
    if (trigger instanceof Trigger.FilesArrive files) {
      return files.directory();
    }
    return trigger instanceof Trigger.MailArrives mail
        ? mail.folder().connection() + ":" + mail.folder().name()
        : "its trigger";
  }
}
