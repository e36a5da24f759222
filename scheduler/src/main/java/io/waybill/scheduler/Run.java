package io.waybill.scheduler;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The recorded state of one execution of a job, as read at one moment; immutable. */
public final class Run {
  private final String id;
  private final String job;
  private final TriggerKind kind;
  private final Instant scheduledAt;
  private final RunState state;
  private final Instant createdAt;
  private final Optional<Instant> startedAt;
  private final Optional<Instant> endedAt;
  private final Optional<FailureClass> failureClass;
  private final String message;
  private final String payload;
  private final boolean recovered;
  private final Optional<Owner> owner;
  private final long token;
  private final Optional<String> limit;
  private final Optional<Instant> dueAt;
  private final Optional<String> ending;
  private final Optional<String> parent;
  private final long restartToken;
  private final String decision;

  private Run(Builder builder) {
    id = Objects.requireNonNull(builder.id, "id");
    job = Objects.requireNonNull(builder.job, "job");
    kind = builder.kind;
    scheduledAt = Objects.requireNonNull(builder.scheduledAt, "scheduledAt");
    state = builder.state;
    createdAt = builder.createdAt == null ? scheduledAt : builder.createdAt;
    startedAt = Optional.ofNullable(builder.startedAt);
    endedAt = Optional.ofNullable(builder.endedAt);
    failureClass = Optional.ofNullable(builder.failureClass);
    message = builder.message;
    payload = builder.payload;
    recovered = builder.recovered;
    owner = Optional.ofNullable(builder.owner);
    token = builder.token;
    limit = Optional.ofNullable(builder.limit);
    dueAt = Optional.ofNullable(builder.dueAt);
    ending = Optional.ofNullable(builder.ending);
    parent = Optional.ofNullable(builder.parent);
    restartToken = builder.restartToken;
    decision = builder.decision;
  }

  /** Returns a builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that starts from this run. */
  public Builder toBuilder() {
    return builder()
        .id(id)
        .job(job)
        .kind(kind)
        .scheduledAt(scheduledAt)
        .state(state)
        .createdAt(createdAt)
        .startedAt(startedAt.orElse(null))
        .endedAt(endedAt.orElse(null))
        .failureClass(failureClass.orElse(null))
        .message(message)
        .payload(payload)
        .recovered(recovered)
        .owner(owner.orElse(null))
        .token(token)
        .limit(limit.orElse(null))
        .dueAt(dueAt.orElse(null))
        .ending(ending.orElse(null))
        .parent(parent.orElse(null))
        .restartToken(restartToken)
        .decision(decision);
  }

  /** Returns its ULID. */
  public String id() {
    return id;
  }

  /** Returns the name of its job. */
  public String job() {
    return job;
  }

  /** Returns what made the job fire. */
  public TriggerKind kind() {
    return kind;
  }

  /** Returns when it was due; for a manual run, when it was asked for. */
  public Instant scheduledAt() {
    return scheduledAt;
  }

  /** Returns its state. */
  public RunState state() {
    return state;
  }

  /** Returns when its row was written. */
  public Instant createdAt() {
    return createdAt;
  }

  /** Returns when it was first claimed. */
  public Optional<Instant> startedAt() {
    return startedAt;
  }

  /** Returns when it was finished. */
  public Optional<Instant> endedAt() {
    return endedAt;
  }

  /** Returns the class of the failure that ended it. */
  public Optional<FailureClass> failureClass() {
    return failureClass;
  }

  /** Returns why it ended or was skipped, for a person; empty if there is nothing to say. */
  public String message() {
    return message;
  }

  /** Returns what the opener or finisher wrote down; the scheduler never looks into it. */
  public String payload() {
    return payload;
  }

  /** Returns whether it was taken over from an owner that died. */
  public boolean recovered() {
    return recovered;
  }

  /** Returns who holds it, or held it last. */
  public Optional<Owner> owner() {
    return owner;
  }

  /** Returns its fencing token: 0 before the first claim, one more with each. */
  public long token() {
    return token;
  }

  /** Returns the name of the limit that it counts in while it is at work. */
  public Optional<String> limit() {
    return limit;
  }

  /** Returns when it goes on, if it waits for its next attempt without anybody holding it. */
  public Optional<Instant> dueAt() {
    return dueAt;
  }

  /** Returns why it is to end, if somebody asked for that while it was unfinished. */
  public Optional<String> ending() {
    return ending;
  }

  /** Returns the id of the run that it is a shard of. */
  public Optional<String> parent() {
    return parent;
  }

  /** Returns the token from which on its attempts count: 0, unless it began anew. */
  public long restartToken() {
    return restartToken;
  }

  /**
   * Returns what was decided about its moment and why, for a person; empty if it was to begin at
   * once.
   */
  public String decision() {
    return decision;
  }

  @Override
  public String toString() {
    return "Run[id=%s, job=%s, kind=%s, scheduledAt=%s, state=%s, token=%d]"
        .formatted(id, job, kind, scheduledAt, state, token);
  }

  /** Builds a {@link Run}; id, job and scheduledAt are required. */
  public static final class Builder {
    private @Nullable String id;
    private @Nullable String job;
    private TriggerKind kind = TriggerKind.SCHEDULE;
    private @Nullable Instant scheduledAt;
    private RunState state = RunState.QUEUED;
    private @Nullable Instant createdAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant endedAt;
    private @Nullable FailureClass failureClass;
    private String message = "";
    private String payload = "";
    private boolean recovered;
    private @Nullable Owner owner;
    private long token;
    private @Nullable String limit;
    private @Nullable Instant dueAt;
    private @Nullable String ending;
    private @Nullable String parent;
    private long restartToken;
    private String decision = "";

    private Builder() {}

    /** Sets its ULID. */
    public Builder id(String value) {
      id = value;
      return this;
    }

    /** Sets the name of its job. */
    public Builder job(String value) {
      job = value;
      return this;
    }

    /** Sets what made the job fire (default: its schedule). */
    public Builder kind(TriggerKind value) {
      kind = value;
      return this;
    }

    /** Sets when it was due. */
    public Builder scheduledAt(Instant value) {
      scheduledAt = value;
      return this;
    }

    /** Sets its state (default: queued). */
    public Builder state(RunState value) {
      state = value;
      return this;
    }

    /** Sets when its row was written (default: when it was due). */
    public Builder createdAt(Instant value) {
      createdAt = value;
      return this;
    }

    /** Sets when it was first claimed. */
    public Builder startedAt(@Nullable Instant value) {
      startedAt = value;
      return this;
    }

    /** Sets when it was finished. */
    public Builder endedAt(@Nullable Instant value) {
      endedAt = value;
      return this;
    }

    /** Sets the class of the failure that ended it. */
    public Builder failureClass(@Nullable FailureClass value) {
      failureClass = value;
      return this;
    }

    /** Sets why it ended. */
    public Builder message(String value) {
      message = value;
      return this;
    }

    /** Sets its opaque payload. */
    public Builder payload(String value) {
      payload = value;
      return this;
    }

    /** Sets whether it was taken over. */
    public Builder recovered(boolean value) {
      recovered = value;
      return this;
    }

    /** Sets who holds it. */
    public Builder owner(@Nullable Owner value) {
      owner = value;
      return this;
    }

    /** Sets its fencing token. */
    public Builder token(long value) {
      token = value;
      return this;
    }

    /** Sets the limit that it counts in. */
    public Builder limit(@Nullable String value) {
      limit = value;
      return this;
    }

    /** Sets when it goes on. */
    public Builder dueAt(@Nullable Instant value) {
      dueAt = value;
      return this;
    }

    /** Sets why it is to end. */
    public Builder ending(@Nullable String value) {
      ending = value;
      return this;
    }

    /** Sets the run that it is a shard of. */
    public Builder parent(@Nullable String value) {
      parent = value;
      return this;
    }

    /** Sets the token from which on its attempts count. */
    public Builder restartToken(long value) {
      restartToken = value;
      return this;
    }

    /** Sets what was decided about its moment. */
    public Builder decision(String value) {
      decision = value;
      return this;
    }

    /** Returns the run. */
    public Run build() {
      return new Run(this);
    }
  }
}
