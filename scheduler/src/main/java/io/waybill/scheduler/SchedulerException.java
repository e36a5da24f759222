package io.waybill.scheduler;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The root of everything the scheduler throws; its message says what, where, why and what next. */
public abstract sealed class SchedulerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private SchedulerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Returns whether the same call may succeed later without anyone changing anything. */
  public boolean isTransient() {
    return false;
  }

  /** Thrown when a schedule cannot be understood or would never be due. */
  public static final class InvalidSchedule extends SchedulerException {
    private static final long serialVersionUID = 1L;
    private final String text;
    private final int offset;

    /**
     * Makes the exception.
     *
     * @param text the schedule as written
     * @param offset where in the text the trouble starts, from 0
     * @param problem what is wrong and what to write instead
     */
    public InvalidSchedule(String text, int offset, String problem) {
      super(problem, null);
      this.text = text;
      this.offset = offset;
    }

    /** Returns the schedule as written. */
    public String text() {
      return text;
    }

    /** Returns where in the text the trouble starts, from 0. */
    public int offset() {
      return offset;
    }
  }

  /** Thrown when another process owns the store's file. */
  public static final class StoreOwned extends SchedulerException {
    private static final long serialVersionUID = 1L;
    private final String store;

    /** Makes the exception. */
    public StoreOwned(String store, String message, @Nullable Throwable cause) {
      super(message, cause);
      this.store = store;
    }

    /** Returns the store that is owned. */
    public String store() {
      return store;
    }
  }

  /** Thrown when the server that holds the store, or would hold it, gives no connection. */
  public static final class StoreUnreachable extends SchedulerException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public StoreUnreachable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** Thrown when the server that holds the store refuses the user or the password. */
  public static final class StoreLoginRefused extends SchedulerException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public StoreLoginRefused(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Thrown when the store cannot be opened, read or written. */
  public static final class StoreFailed extends SchedulerException {
    private static final long serialVersionUID = 1L;
    private final boolean temporary;

    /** Makes the exception. */
    public StoreFailed(String message, boolean temporary, @Nullable Throwable cause) {
      super(message, cause);
      this.temporary = temporary;
    }

    @Override
    public boolean isTransient() {
      return temporary;
    }
  }

  /** Thrown when a store must not be used as it was asked for; a person has to change something. */
  public static final class StoreRefused extends SchedulerException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public StoreRefused(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Thrown when a store's file, or a copy of a store, does not hold what it should. */
  public static final class StoreDamaged extends SchedulerException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public StoreDamaged(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Thrown when a name that this process had is another's by now; nothing changed. */
  public static final class LeaseLost extends SchedulerException {
    private static final long serialVersionUID = 1L;
    private final String lease;

    /** Makes the exception. */
    public LeaseLost(String lease) {
      super(
          "the lease \"%s\" is no longer this process's: another has taken it over; nothing was written"
              .formatted(lease),
          null);
      this.lease = lease;
    }

    /** Returns the name. */
    public String lease() {
      return lease;
    }
  }

  /** Thrown when a write comes from a claim that another owner has taken over; nothing changed. */
  public static final class StaleClaim extends SchedulerException {
    private static final long serialVersionUID = 1L;
    private final String runId;
    private final long token;

    /** Makes the exception. */
    public StaleClaim(String runId, long token) {
      super(
          "run "
              + runId
              + " is no longer held under token "
              + token
              + ": it was taken over or finished; nothing was written, stop working on it",
          null);
      this.runId = runId;
      this.token = token;
    }

    /** Returns the run. */
    public String runId() {
      return runId;
    }

    /** Returns the token that is no longer valid. */
    public long token() {
      return token;
    }
  }

  /** Thrown when a run cannot be claimed: it is unknown, finished, or held by a live owner. */
  public static final class NotClaimable extends SchedulerException {
    private static final long serialVersionUID = 1L;
    private final String runId;
    private final @Nullable RunState state;

    /** Makes the exception for a run that is not in the store. */
    public NotClaimable(String runId) {
      super("there is no run " + runId + " in the store", null);
      this.runId = runId;
      this.state = null;
    }

    /** Makes the exception for a run that is finished or held. */
    public NotClaimable(Run run) {
      super(
          "run "
              + run.id()
              + " cannot be claimed: it is "
              + (run.state().isFinished()
                  ? run.state()
                  : "held by " + run.owner().map(Owner::node).orElse("another claimer")),
          null);
      this.runId = run.id();
      this.state = run.state();
    }

    /** Returns the run. */
    public String runId() {
      return runId;
    }

    /** Returns the state of the run; empty if there is no such run. */
    public Optional<RunState> state() {
      return Optional.ofNullable(state);
    }
  }

  /** Thrown when a job is named that the scheduler does not have. */
  public static final class UnknownJob extends SchedulerException {
    private static final long serialVersionUID = 1L;
    private final String job;

    /** Makes the exception. */
    public UnknownJob(String job) {
      super(
          "no job named \"" + job + "\" is scheduled; scheduledJobs() lists those that are", null);
      this.job = job;
    }

    /** Returns the name. */
    public String job() {
      return job;
    }
  }

  /** Thrown when a daemon would join under the name of a live one. */
  public static final class NodeTaken extends SchedulerException {
    private static final long serialVersionUID = 1L;
    private final String node;

    /** Makes the exception. */
    public NodeTaken(String node) {
      super(
          "a live daemon is called \""
              + node
              + "\" in this store already; start this one with another name (--node NAME, or"
              + " \"daemon.node\"), or stop that one",
          null);
      this.node = node;
    }

    /** Returns the name. */
    public String node() {
      return node;
    }
  }

  /** Thrown when this machine's clock is too far from the clock of the store that nodes share. */
  public static final class ClockSkewed extends SchedulerException {
    private static final long serialVersionUID = 1L;
    private final Duration skew;

    /** Makes the exception; a positive skew means that this clock is ahead. */
    public ClockSkewed(Duration skew) {
      super(
          "this machine's clock is %.1f s %s the store's, and jobs would fire at wrong times: let"
                  .formatted(
                      Math.abs(skew.toMillis()) / 1000.0, skew.isNegative() ? "behind" : "ahead of")
              + " NTP set both; at most 2 s are borne",
          null);
      this.skew = skew;
    }

    /** Returns how far this clock is ahead; negative if it is behind. */
    public Duration skew() {
      return skew;
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** Thrown when the engine that fires jobs refuses a call. */
  public static final class EngineFailed extends SchedulerException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public EngineFailed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
