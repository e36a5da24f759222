package io.waybill.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One moment at which a job fires. */
public final class Firing {
  private final String job;
  private final TriggerKind kind;
  private final Instant scheduledAt;
  private final Instant firedAt;
  private final Optional<String> runId;
  private final boolean recovering;
  private final Optional<Run> run;
  private final Optional<String> movedFrom;

  private Firing(Builder builder) {
    job = Objects.requireNonNull(builder.job, "job");
    kind = builder.kind;
    scheduledAt = Objects.requireNonNull(builder.scheduledAt, "scheduledAt");
    firedAt = builder.firedAt == null ? scheduledAt : builder.firedAt;
    run = builder.run;
    movedFrom = builder.movedFrom;
    runId = run.map(Run::id).or(() -> builder.runId);
    recovering = builder.recovering;
  }

  /** Returns a builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the name of the job. */
  public String job() {
    return job;
  }

  /** Returns what made it fire. */
  public TriggerKind kind() {
    return kind;
  }

  /** Returns when it was due. */
  public Instant scheduledAt() {
    return scheduledAt;
  }

  /** Returns when it fired. */
  public Instant firedAt() {
    return firedAt;
  }

  /** Returns how late it fired. */
  public Duration lateness() {
    return Duration.between(scheduledAt, firedAt);
  }

  /** Returns the id of its run; empty for a scheduled moment of a scheduler without a store. */
  public Optional<String> runId() {
    return runId;
  }

  /** Returns its run, claimed for this process; empty from a scheduler without a store. */
  public Optional<Run> run() {
    return run;
  }

  /** Returns the node that its run was on before, if that was another one. */
  public Optional<String> movedFrom() {
    return movedFrom;
  }

  /** Returns whether a process died while this firing was handled, so that it is handled again. */
  public boolean recovering() {
    return recovering;
  }

  @Override
  public String toString() {
    return "Firing[job=%s, kind=%s, scheduledAt=%s, firedAt=%s, runId=%s, recovering=%s]"
        .formatted(job, kind, scheduledAt, firedAt, runId.orElse("none"), recovering);
  }

  /** Builds a {@link Firing}; job and scheduledAt are required. */
  public static final class Builder {
    private @Nullable String job;
    private TriggerKind kind = TriggerKind.SCHEDULE;
    private @Nullable Instant scheduledAt;
    private @Nullable Instant firedAt;
    private Optional<String> runId = Optional.empty();
    private boolean recovering;
    private Optional<Run> run = Optional.empty();
    private Optional<String> movedFrom = Optional.empty();

    private Builder() {}

    /** Sets the name of the job. */
    public Builder job(String name) {
      job = name;
      return this;
    }

    /** Sets what made it fire (default: its schedule). */
    public Builder kind(TriggerKind value) {
      kind = value;
      return this;
    }

    /** Sets when it was due. */
    public Builder scheduledAt(Instant value) {
      scheduledAt = value;
      return this;
    }

    /** Sets when it fired (default: on time). */
    public Builder firedAt(Instant value) {
      firedAt = value;
      return this;
    }

    /** Sets the run to be claimed. */
    public Builder runId(String value) {
      runId = Optional.of(value);
      return this;
    }

    /** Sets whether the firing comes back after a crash. */
    public Builder recovering(boolean value) {
      recovering = value;
      return this;
    }

    /** Sets its claimed run, and with it the run's id. */
    public Builder run(Run value) {
      run = Optional.of(value);
      return this;
    }

    /** Sets the node that the run was on before (default: none but this one). */
    public Builder movedFrom(Optional<String> node) {
      movedFrom = node;
      return this;
    }

    /** Returns the firing. */
    public Firing build() {
      return new Firing(this);
    }
  }
}
