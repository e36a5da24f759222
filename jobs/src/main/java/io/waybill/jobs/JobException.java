package io.waybill.jobs;

import io.waybill.scheduler.FailureClass;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What goes wrong around a job, with the class of failure that decides about a retry. */
public sealed class JobException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final FailureClass failureClass;

  private JobException(FailureClass failureClass, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.failureClass = failureClass;
  }

  public FailureClass failureClass() {
    return failureClass;
  }

  /** Returns whether the same call may succeed later without anybody changing anything. */
  public boolean isTransient() {
    return failureClass == FailureClass.TRANSIENT;
  }

  /** The file, a secret, or an argument is wrong: nobody but a person can mend it. */
  public static final class Configuration extends JobException {
    private static final long serialVersionUID = 1L;
    private final transient List<ArgumentMistake> mistakes;

    public Configuration(String message) {
      this(message, null);
    }

    public Configuration(String message, @Nullable Throwable cause) {
      this(message, List.of(new ArgumentMistake(List.of(), message)), cause);
    }

    /** Tells what is wrong with one argument of a step. */
    public Configuration(ArgumentMistake mistake) {
      this(List.of(mistake), null);
    }

    /** Tells what is wrong with the arguments of a step, at least one mistake. */
    public Configuration(List<ArgumentMistake> mistakes, @Nullable Throwable cause) {
      this(
          mistakes.stream().map(ArgumentMistake::message).collect(Collectors.joining("; ")),
          mistakes,
          cause);
    }

    /**
     * Tells what is wrong with the arguments of a step.
     *
     * @param message for those who do not see the file beside it
     * @param mistakes at least one
     */
    public Configuration(
        String message, List<ArgumentMistake> mistakes, @Nullable Throwable cause) {
      super(FailureClass.CONFIGURATION, message, cause);
      this.mistakes = List.copyOf(mistakes);
    }

    /** Returns what is wrong, each with its key where it is known to be about one. */
    public List<ArgumentMistake> mistakes() {
      return mistakes;
    }
  }

  /** A step did what it should and found that the job's expectation does not hold. */
  public static final class Expectation extends JobException {
    private static final long serialVersionUID = 1L;

    public Expectation(String message) {
      super(FailureClass.PERMANENT, message, null);
    }
  }

  /** Some items of a step were done and others cannot be. */
  public static final class Partial extends JobException {
    private static final long serialVersionUID = 1L;

    public Partial(String message) {
      super(FailureClass.PERMANENT, message, null);
    }
  }

  /** A source that a step names is not there. */
  public static final class NotFound extends JobException {
    private static final long serialVersionUID = 1L;

    public NotFound(String message) {
      super(FailureClass.PERMANENT, message, null);
    }
  }

  /**
   * A file of this machine does not hold what it has to: it is damaged, of another kind, or not
   * signed by whom it should be. It does not become another one by itself.
   */
  public static final class WrongContent extends JobException {
    private static final long serialVersionUID = 1L;

    public WrongContent(String message, @Nullable Throwable cause) {
      super(FailureClass.PERMANENT, message, cause);
    }
  }

  /** What a step has asked of a program or a server did not succeed; the class says why. */
  public static final class Unsuccessful extends JobException {
    private static final long serialVersionUID = 1L;
    private final @Nullable Duration retryAfter;

    /** Tells why; what stood in the way is what it is of the cause. */
    public Unsuccessful(FailureClass failureClass, String message, @Nullable Throwable cause) {
      this(failureClass, message, cause, Optional.empty());
    }

    /**
     * Tells why.
     *
     * @param retryAfter how long the other side asks not to be asked again
     */
    public Unsuccessful(
        FailureClass failureClass,
        String message,
        @Nullable Throwable cause,
        Optional<Duration> retryAfter) {
      super(failureClass, message, cause);
      this.retryAfter = retryAfter.orElse(null);
    }

    /** Returns how long the other side asks not to be asked again. */
    public Optional<Duration> retryAfter() {
      return Optional.ofNullable(retryAfter);
    }
  }

  /** Something that the step waited for has not come yet. */
  public static final class NotYet extends JobException {
    private static final long serialVersionUID = 1L;

    public NotYet(String message) {
      super(FailureClass.TRANSIENT, message, null);
    }
  }

  /** The run was cancelled, by a person or by a shutdown. */
  public static final class Cancelled extends JobException {
    private static final long serialVersionUID = 1L;

    public Cancelled(String message) {
      super(FailureClass.PERMANENT, message, null);
    }
  }

  /** An attempt took longer than its timeout. */
  public static final class TimedOut extends JobException {
    private static final long serialVersionUID = 1L;

    public TimedOut(String message) {
      super(FailureClass.TRANSIENT, message, null);
    }
  }

  /** Another process holds what this one needs: a store, a run, a lock. */
  public static final class AlreadyRunning extends JobException {
    private static final long serialVersionUID = 1L;

    public AlreadyRunning(String message) {
      super(FailureClass.PERMANENT, message, null);
    }
  }
}
