package io.waybill.jobs.config;

import static io.waybill.jobs.ValueType.Scalar.BOOLEAN;
import static io.waybill.jobs.ValueType.Scalar.DURATION;
import static io.waybill.jobs.ValueType.Scalar.INTEGER;
import static io.waybill.jobs.ValueType.Scalar.NUMBER;
import static io.waybill.jobs.ValueType.Scalar.PERCENT;
import static io.waybill.jobs.ValueType.Scalar.TEXT;

import io.waybill.jobs.Key;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The keys of a job, of its steps, and of the policies that {@code defaults} sets for all jobs. */
public final class JobKeys {
  static final ValueType.Group RETRY =
      new ValueType.Group(
          List.of(
              Key.optional("attempts", INTEGER, "5", "Attempts in all, the first included."),
              Key.optional("delay", DURATION, "10s", "Wait after the first failure."),
              Key.optional("multiplier", NUMBER, "3", "What each next wait is multiplied by."),
              Key.optional("max-delay", DURATION, "10m", "The longest wait."),
              Key.optional("jitter", PERCENT, "20%", "How much a wait is shortened or lengthened."),
              Key.optional(
                  "when",
                  new ValueType.ListOf(
                      new ValueType.OneOf(
                          List.of("transient", "integrity", "permanent", "configuration"))),
                  "[transient, integrity]",
                  "The classes of failure that are tried again; an ambiguous one never is."),
              Key.optional("give-up-after", DURATION, "The time after which no attempt is started.")
                  .withExample("24h")));

  static final ValueType.Group MISSED =
      new ValueType.Group(
          List.of(
              Key.required(
                  "policy",
                  new ValueType.OneOf(List.of("skip", "run-once", "run-all")),
                  "What becomes of firings that could not happen in time."),
              Key.optional("at-most", INTEGER, "10", "How many run-all makes up."),
              Key.optional("max-late", DURATION, "6h", "How late one may still be made up.")));

  static final ValueType.Group HISTORY =
      new ValueType.Group(
          List.of(
              Key.optional("runs", INTEGER, "200", "How many finished runs are kept."),
              Key.optional("days", INTEGER, "90", "How many days after its end one is kept."),
              Key.optional(
                  "keep",
                  new ValueType.OneOf(List.of("all", "failures")),
                  "all",
                  "Which of them; failures keeps the newest 20 of the others.")));

  static final ValueType.Group SCHEDULE =
      new ValueType.Group(
          List.of(
              Key.optional(
                      "every", DURATION, "Interval, counted from local midnight, or from \"from\".")
                  .withExample("5m"),
              Key.optional("daily", TEXT, "Local time of day: \"02:30\".").withExample("\"02:30\""),
              Key.optional(
                      "cron",
                      TEXT,
                      "Expression: \"30 2 * * 1-5\", @daily; H is taken from the job's name.")
                  .withExample("\"30 2 * * 1-5\""),
              Key.optional(
                      "rrule",
                      TEXT,
                      "Rule of RFC 5545, counted from \"from\": FREQ=MONTHLY;BYDAY=-1FR.")
                  .withExample("\"FREQ=MONTHLY;BYDAY=-1FR\""),
              Key.optional(
                      "at",
                      TEXT,
                      "Once: \"2026-01-31T02:30\", or an instant: \"2026-01-31T02:30Z\".")
                  .withExample("2026-01-31T02:30"),
              Key.optional(
                      "from",
                      TEXT,
                      "Where every and rrule begin: \"2026-01-31T02:30\", with every also an instant.")
                  .withExample("2026-01-31T02:30"),
              Key.optional(
                  "dialect",
                  new ValueType.OneOf(List.of("unix", "quartz", "spring")),
                  "unix",
                  "Whose expression cron is; that of Quartz and Spring begins with seconds."),
              Key.optional("calendar", TEXT, "The calendar that says which days count.")
                  .withExample("bank-days"),
              Key.optional(
                  "on-excluded",
                  new ValueType.OneOf(List.of("skip", "next-day", "previous-day")),
                  "skip",
                  "What becomes of times on other days."),
              Key.optional(
                  "jitter",
                  DURATION,
                  "It is due later by less than this, how much depends on the job's name.")),
          List.of("every", "daily", "cron", "rrule", "at"));

  static final ValueType.Group PARAMETER =
      new ValueType.Group(
          List.of(
              Key.optional(
                  "type",
                  new ValueType.OneOf(List.of("text", "integer", "date")),
                  "text",
                  "What the parameter holds."),
              Key.optional(
                      "default", TEXT, "Its value where a run gives none; can be an expression.")
                  .withExample("\"${run.scheduled-date | minus-days(1)}\"")));

  /** What stands behind {@code in} of {@code each}. */
  static final ValueType EACH_IN = new ValueType.ListOf(TEXT, 1);

  private static final List<Key> OF_RUNS =
      List.of(
          Key.optional(
              "timeout", DURATION, "1h", "The longest running time of one attempt of one step."),
          Key.optional(
              "overlap",
              new ValueType.OneOf(List.of("skip", "queue", "allow", "replace")),
              "skip",
              "What happens to a firing while a run is still going on: it is skipped, waits (as all do that come, one after another), runs beside it, or has it cancelled."),
          Key.optional("missed", MISSED, "What happens to firings that could not happen in time."),
          Key.optional("retry", RETRY, "When and how often a failed step is tried again."),
          Key.optional(
              "history",
              HISTORY,
              "How much is remembered of its runs; the latest success always is."));

  private static final List<Key> POLICIES =
      Stream.concat(OF_RUNS.stream(), AlertKeys.POLICIES.stream()).toList();

  private static final List<Key> STEP =
      List.of(
          Key.optional("id", TEXT, "The step's name, unique in its job, for ${steps.ID.x}.")
              .withExample("pull"),
          Key.optional(
                  "if",
                  BOOLEAN,
                  "Whether it is done, or else left out: true, false, or an expression that yields one.")
              .withExample("\"${params.day | eq('2026-01-31') | not}\""),
          Key.optional("retry", RETRY, "The step's own rules; what is absent is as in the job."),
          Key.optional("timeout", DURATION, "The longest running time of one attempt."));

  private JobKeys() {}

  /** Returns the policies that a job and {@code defaults} both have. */
  public static List<Key> policies() {
    return POLICIES;
  }

  /** Returns the keys that a step has whatever its kind. */
  public static List<Key> step() {
    return STEP;
  }

  /** Returns the keys of a job whose steps are of these kinds. */
  public static List<Key> job(List<? extends StepType<?>> kinds) {
    ValueType steps = new ValueType.ListOf(stepGroup(kinds), 1);
    List<Key> keys = new ArrayList<>();
    keys.add(
        Key.optional(
            "enabled",
            BOOLEAN,
            "true",
            "Whether its schedules and triggers start it; by hand it always runs."));
    keys.add(
        Key.optional("description", TEXT, "A sentence for people.")
            .withExample("Fetch yesterday's statements"));
    keys.add(
        Key.optional("tags", new ValueType.ListOf(TEXT), "Words to choose jobs by.")
            .withExample("[treasury]"));
    keys.add(
        Key.optional("timezone", TEXT, "The zone of its schedules; else the file's.")
            .withExample("America/New_York"));
    keys.add(
        Key.optional(
            "schedule",
            new ValueType.ListOf(SCHEDULE),
            "When it runs, one or a list; without it, and without a trigger, on demand only."));
    keys.add(
        Key.optional(
            "trigger",
            new ValueType.ListOf(TriggerKeys.TRIGGER),
            "What else starts it, one or a list."));
    keys.add(AlertKeys.DUE);
    keys.add(
        Key.optional("limit", TEXT, "The limit that its runs count in, with those of other jobs.")
            .withExample("bank-ftp"));
    keys.add(
        Key.optional("params", new ValueType.MapOf(PARAMETER), "What a run of it can be given.")
            .withExample("{ day: { type: date } }"));
    keys.addAll(POLICIES);
    keys.add(
        Key.optional("steps", steps, "What it does, in order; required unless there is each."));
    keys.add(
        Key.optional(
            "each",
            new ValueType.Group(each(steps)),
            "What it does for each item of a list, after its steps."));
    keys.add(Key.optional("on-success", steps, "Steps after all the others succeeded."));
    keys.add(Key.optional("on-failure", steps, "Steps after one has failed for good."));
    keys.add(
        Key.optional(
            "always", steps, "Steps at the end, after success and failure; not after a cancel."));
    return List.copyOf(keys);
  }

  private static List<Key> each(ValueType steps) {
    return List.of(
        Key.required(
                "in",
                EACH_IN,
                "The items: an expression that yields a list, or texts; an empty text is no item.")
            .withExample("\"${steps.pull.files}\""),
        Key.optional(
            "concurrency",
            INTEGER,
            "1",
            "How many items are worked on at the same time, up to 64."),
        Key.required("steps", steps, "What is done for each, in order; ${item} is the item."),
        Key.optional("on-success", steps, "Steps for an item whose steps have all succeeded."),
        Key.optional("on-failure", steps, "Steps for an item of which one has failed for good."));
  }

  static ValueType.Group stepGroup(List<? extends StepType<?>> kinds) {
    List<Key> keys = new ArrayList<>(STEP);
    for (StepType<?> kind : kinds) {
      keys.add(Key.optional(kind.name(), new ValueType.Group(kind.keys()), kind.doc()));
    }
    return new ValueType.Group(keys, kinds.stream().map(StepType::name).toList());
  }
}
