package io.waybill.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The recorded state of one try of a step of a run, as read at one moment; immutable. */
public final class Attempt {
  private final String id;
  private final String runId;
  private final String stepKey;
  private final int number;
  private final long token;
  private final AttemptState state;
  private final Instant startedAt;
  private final Optional<Instant> endedAt;
  private final Optional<FailureClass> failureClass;
  private final String message;
  private final Optional<Duration> delay;
  private final String payload;

  private Attempt(Builder builder) {
    id = Objects.requireNonNull(builder.id, "id");
    runId = Objects.requireNonNull(builder.runId, "runId");
    stepKey = Objects.requireNonNull(builder.stepKey, "stepKey");
    number = builder.number;
    token = builder.token;
    state = builder.state;
    startedAt = Objects.requireNonNull(builder.startedAt, "startedAt");
    endedAt = Optional.ofNullable(builder.endedAt);
    failureClass = Optional.ofNullable(builder.failureClass);
    message = builder.message;
    delay = Optional.ofNullable(builder.delay);
    payload = builder.payload;
  }

  /** Returns a builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that starts from this attempt. */
  public Builder toBuilder() {
    return builder()
        .id(id)
        .runId(runId)
        .stepKey(stepKey)
        .number(number)
        .token(token)
        .state(state)
        .startedAt(startedAt)
        .endedAt(endedAt.orElse(null))
        .failureClass(failureClass.orElse(null))
        .message(message)
        .delay(delay.orElse(null))
        .payload(payload);
  }

  /** Returns its ULID. */
  public String id() {
    return id;
  }

  /** Returns the ULID of its run. */
  public String runId() {
    return runId;
  }

  /** Returns the key of its step, unique within the run. */
  public String stepKey() {
    return stepKey;
  }

  /** Returns its number, from 1, counted on across takeovers of the run. */
  public int number() {
    return number;
  }

  /** Returns the fencing token of the claim under which it started. */
  public long token() {
    return token;
  }

  /** Returns its state. */
  public AttemptState state() {
    return state;
  }

  /** Returns when it started. */
  public Instant startedAt() {
    return startedAt;
  }

  /** Returns when it ended. */
  public Optional<Instant> endedAt() {
    return endedAt;
  }

  /** Returns the class of its failure. */
  public Optional<FailureClass> failureClass() {
    return failureClass;
  }

  /** Returns why it ended, for a person; empty if there is nothing to say. */
  public String message() {
    return message;
  }

  /** Returns how long the run waits before the next attempt of the step; empty if there is none. */
  public Optional<Duration> delay() {
    return delay;
  }

  /** Returns what its finisher wrote down; the scheduler never looks into it. */
  public String payload() {
    return payload;
  }

  @Override
  public String toString() {
    return "Attempt[runId=%s, step=%s, number=%d, state=%s, token=%d]"
        .formatted(runId, stepKey, number, state, token);
  }

  /** Builds an {@link Attempt}; id, runId, stepKey and startedAt are required. */
  public static final class Builder {
    private @Nullable String id;
    private @Nullable String runId;
    private @Nullable String stepKey;
    private int number = 1;
    private long token;
    private AttemptState state = AttemptState.RUNNING;
    private @Nullable Instant startedAt;
    private @Nullable Instant endedAt;
    private @Nullable FailureClass failureClass;
    private String message = "";
    private @Nullable Duration delay;
    private String payload = "";

    private Builder() {}

    /** Sets its ULID. */
    public Builder id(String value) {
      id = value;
      return this;
    }

    /** Sets the ULID of its run. */
    public Builder runId(String value) {
      runId = value;
      return this;
    }

    /** Sets the key of its step. */
    public Builder stepKey(String value) {
      stepKey = value;
      return this;
    }

    /** Sets its number (default: 1). */
    public Builder number(int value) {
      number = value;
      return this;
    }

    /** Sets the fencing token. */
    public Builder token(long value) {
      token = value;
      return this;
    }

    /** Sets its state (default: running). */
    public Builder state(AttemptState value) {
      state = value;
      return this;
    }

    /** Sets when it started. */
    public Builder startedAt(Instant value) {
      startedAt = value;
      return this;
    }

    /** Sets when it ended. */
    public Builder endedAt(@Nullable Instant value) {
      endedAt = value;
      return this;
    }

    /** Sets the class of its failure. */
    public Builder failureClass(@Nullable FailureClass value) {
      failureClass = value;
      return this;
    }

    /** Sets why it ended. */
    public Builder message(String value) {
      message = value;
      return this;
    }

    /** Sets the wait before the next attempt. */
    public Builder delay(@Nullable Duration value) {
      delay = value;
      return this;
    }

    /** Sets its opaque payload. */
    public Builder payload(String value) {
      payload = value;
      return this;
    }

    /** Returns the attempt. */
    public Attempt build() {
      return new Attempt(this);
    }
  }
}
