package io.waybill.jobs;

import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.HistoryPolicy;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.RetryPolicy;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import java.time.Duration;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A job: when it runs, what it does, and what happens when that fails. Immutable. */
public final class JobDefinition {
  private final String name;
  private final String description;
  private final List<String> tags;
  private final boolean enabled;
  private final ZoneId zone;
  private final List<Schedule> schedules;
  private final List<Trigger> triggers;
  private final Optional<Due> due;
  private final NotifyPolicy notify;
  private final AnomalyPolicy anomalies;
  private final MissedPolicy missed;
  private final OverlapPolicy overlap;
  private final Optional<ConcurrencyLimit> limit;
  private final Duration timeout;
  private final RetryPolicy retry;
  private final HistoryPolicy history;
  private final String definitionHash;
  private final List<Parameter> parameters;
  private final Map<Hook, List<StepDefinition>> steps;
  private final Optional<EachDefinition> each;
  private final Position position;

  /** The lists of steps that a job has. */
  public enum Hook {
    STEPS,
    ON_SUCCESS,
    ON_FAILURE,
    /** After the others, whether they succeeded or failed; not after a cancel. */
    ALWAYS
  }

  private JobDefinition(Builder b) {
    name = b.name;
    description = b.description;
    tags = List.copyOf(b.tags);
    enabled = b.enabled;
    zone = b.zone;
    schedules = List.copyOf(b.schedules);
    triggers = List.copyOf(b.triggers);
    due = Optional.ofNullable(b.due);
    notify = b.notify;
    anomalies = b.anomalies;
    missed = b.missed;
    overlap = b.overlap;
    limit = Optional.ofNullable(b.limit);
    timeout = b.timeout;
    retry = b.retry;
    history = b.history;
    definitionHash = b.definitionHash;
    parameters = List.copyOf(b.parameters);
    steps = Map.copyOf(b.steps);
    each = Optional.ofNullable(b.each);
    position = b.position;
  }

  /**
   * Starts a definition.
   *
   * @param name letters, digits, {@code -}, {@code _} and {@code .}; unique in a configuration
   * @param zone in which its schedules are read; never the machine's by itself
   */
  public static Builder builder(String name, ZoneId zone) {
    return new Builder(name, zone);
  }

  public String name() {
    return name;
  }

  /** Returns a sentence for people; empty by default. */
  public String description() {
    return description;
  }

  public List<String> tags() {
    return tags;
  }

  /**
   * Returns whether its schedules and triggers start it; true by default. One that is not enabled
   * can still be run by hand.
   */
  public boolean enabled() {
    return enabled;
  }

  public ZoneId zone() {
    return zone;
  }

  /** Returns its schedules; without any, and without triggers, it runs on demand only. */
  public List<Schedule> schedules() {
    return schedules;
  }

  /** Returns what else starts it. */
  public List<Trigger> triggers() {
    return triggers;
  }

  /** Returns by when it must have succeeded. */
  public Optional<Due> due() {
    return due;
  }

  /** Returns who hears of what it does; nobody by default. */
  public NotifyPolicy notifyPolicy() {
    return notify;
  }

  /** Returns what becomes of runs that are unlike the others; nothing by default. */
  public AnomalyPolicy anomalies() {
    return anomalies;
  }

  public MissedPolicy missed() {
    return missed;
  }

  public OverlapPolicy overlap() {
    return overlap;
  }

  /** Returns the limit that its runs count in. */
  public Optional<ConcurrencyLimit> limit() {
    return limit;
  }

  /** Returns the longest running time of one attempt of one step; 1 h by default. */
  public Duration timeout() {
    return timeout;
  }

  public RetryPolicy retry() {
    return retry;
  }

  /** Returns how much is remembered of its runs; 200 runs and 90 days by default. */
  public HistoryPolicy history() {
    return history;
  }

  /**
   * Returns what changes with each change of what the file says about it: SHA-256 in hex of its own
   * section, {@code defaults} and the file's zone, whatever the order of keys, comments and quotes
   * are. Empty if it was not read from a file.
   */
  public String definitionHash() {
    return definitionHash;
  }

  /** Returns what a run of it can be given; unique names. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Returns the steps of a hook, in order; empty where the job has none. */
  public List<StepDefinition> steps(Hook hook) {
    return steps.getOrDefault(hook, List.of());
  }

  /** Returns what it does for each item of a list, after its steps and before its hooks. */
  public Optional<EachDefinition> each() {
    return each;
  }

  /** Returns every step it has: its own, those of its hooks, and those for each item. */
  public Stream<StepDefinition> allSteps() {
    return Stream.concat(
        steps.values().stream().flatMap(List::stream),
        each.stream().flatMap(EachDefinition::allSteps));
  }

  public Position position() {
    return position;
  }

  /** Returns it as the scheduler is to have it: one that is not enabled has no schedules there. */
  public ScheduledJob scheduled() {
    return ScheduledJob.builder(name, zone)
        .schedules(enabled ? schedules : List.of())
        .missed(missed)
        .overlap(overlap)
        .limit(limit.orElse(null))
        .build();
  }

  @Override
  public String toString() {
    return "JobDefinition[" + name + " at " + position + "]";
  }

  /** Collects a definition. */
  public static final class Builder {
    private final String name;
    private final ZoneId zone;
    private final Map<Hook, List<StepDefinition>> steps = new EnumMap<>(Hook.class);
    private String description = "";
    private List<String> tags = List.of();
    private boolean enabled = true;
    private List<Schedule> schedules = List.of();
    private List<Trigger> triggers = List.of();
    private @Nullable Due due;
    private NotifyPolicy notify = NotifyPolicy.NOBODY;
    private AnomalyPolicy anomalies = AnomalyPolicy.OFF;
    private MissedPolicy missed = MissedPolicy.runOnce();
    private OverlapPolicy overlap = OverlapPolicy.SKIP;
    private @Nullable ConcurrencyLimit limit;
    private Duration timeout = Duration.ofHours(1);
    private RetryPolicy retry = RetryPolicy.builder().build();
    private HistoryPolicy history = HistoryPolicy.DEFAULT;
    private String definitionHash = "";
    private List<Parameter> parameters = List.of();
    private @Nullable EachDefinition each;
    private Position position = Position.NONE;

    private Builder(String name, ZoneId zone) {
      this.name = Objects.requireNonNull(name, "name");
      this.zone = Objects.requireNonNull(zone, "zone");
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
        throw new IllegalArgumentException(
            "a job's name is letters, digits, '-', '_' and '.', at most 100 of them: \""
                + name
                + "\"");
      }
    }

    public Builder description(String text) {
      description = Objects.requireNonNull(text, "text");
      return this;
    }

    public Builder tags(List<String> names) {
      tags = List.copyOf(names);
      return this;
    }

    public Builder enabled(boolean value) {
      enabled = value;
      return this;
    }

    public Builder schedules(List<? extends Schedule> list) {
      schedules = List.copyOf(list);
      return this;
    }

    public Builder triggers(List<? extends Trigger> list) {
      triggers = List.copyOf(list);
      return this;
    }

    /** Sets by when it must have succeeded; never by default. */
    public Builder due(@Nullable Due when) {
      due = when;
      return this;
    }

    public Builder notifyPolicy(NotifyPolicy policy) {
      notify = Objects.requireNonNull(policy, "policy");
      return this;
    }

    public Builder anomalies(AnomalyPolicy policy) {
      anomalies = Objects.requireNonNull(policy, "policy");
      return this;
    }

    public Builder missed(MissedPolicy policy) {
      missed = Objects.requireNonNull(policy, "policy");
      return this;
    }

    public Builder overlap(OverlapPolicy policy) {
      overlap = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /** Sets the limit that its runs count in; none by default. */
    public Builder limit(@Nullable ConcurrencyLimit shared) {
      limit = shared;
      return this;
    }

    public Builder timeout(Duration longest) {
      if (longest.isNegative() || longest.isZero()) {
        throw new IllegalArgumentException("timeout: " + longest);
      }
      timeout = longest;
      return this;
    }

    public Builder retry(RetryPolicy policy) {
      retry = Objects.requireNonNull(policy, "policy");
      return this;
    }

    public Builder history(HistoryPolicy policy) {
      history = Objects.requireNonNull(policy, "policy");
      return this;
    }

    public Builder definitionHash(String hex) {
      definitionHash = Objects.requireNonNull(hex, "hex");
      return this;
    }

    public Builder parameters(List<Parameter> list) {
      parameters = List.copyOf(list);
      return this;
    }

    public Builder steps(Hook hook, List<StepDefinition> list) {
      steps.put(hook, List.copyOf(list));
      return this;
    }

    /** Sets what is done for each item of a list; nothing by default. */
    public Builder each(@Nullable EachDefinition items) {
      each = items;
      return this;
    }

    public Builder position(Position where) {
      position = Objects.requireNonNull(where, "where");
      return this;
    }

    /**
     * Builds the definition.
     *
     * @throws IllegalArgumentException if it has no steps, or two steps of one id, or beside an
     *     {@code each} a step of that name
     */
    public JobDefinition build() {
      if (steps.getOrDefault(Hook.STEPS, List.of()).isEmpty() && each == null) {
        throw new IllegalArgumentException("job \"" + name + "\" has no steps");
      }
      JobDefinition job = new JobDefinition(this);
      List<String> ids = job.allSteps().map(StepDefinition::id).toList();
      if (ids.stream().distinct().count() < ids.size()) {
        throw new IllegalArgumentException("job \"" + name + "\" has two steps of one id: " + ids);
      }
      if (each != null && ids.contains(EachDefinition.NAME)) {
        throw new IllegalArgumentException("job \"" + name + "\" has a step called \"each\"");
      }
      return job;
    }
  }
}
