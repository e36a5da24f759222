package io.waybill.jobs;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that somebody is told. Immutable.
 *
 * @param id a ULID
 * @param at when it was raised
 * @param kind what has happened
 * @param about whose trouble it is
 * @param words for a person
 */
public record Alert(String id, Instant at, Kind kind, About about, Words words) {
  public Alert {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(about, "about");
    Objects.requireNonNull(words, "words");
  }

  /** What is told. */
  public enum Kind {
    /** Runs fail. */
    FAILURE,
    /** They still do. */
    REMINDER,
    /** What was told before is over. */
    RECOVERY,
    /** They fail and succeed by turns, which is told once. */
    FLAPPING,
    /** That is over: it fails for good, or is well. */
    STEADY,
    /** No run has succeeded in time. */
    OVERDUE,
    /** Nothing comes from a source. */
    QUIET,
    /** A run is unlike those before it. */
    ANOMALY,
    /** Nothing has happened: somebody tries a channel. */
    TEST
  }

  /**
   * Whose trouble it is.
   *
   * @param job its name; empty for a test
   * @param run the run that has it; empty if none has
   */
  public record About(String job, Optional<String> run) {
    public About {
      Objects.requireNonNull(job, "job");
      Objects.requireNonNull(run, "run");
    }
  }

  /** What a person reads: a line, and what follows it. */
  public record Words(String subject, String text) {
    public Words {
      Objects.requireNonNull(subject, "subject");
      Objects.requireNonNull(text, "text");
    }
  }

  /** An alert and what became of it on each channel. */
  public record Told(Alert alert, List<Delivery> deliveries) {
    public Told {
      Objects.requireNonNull(alert, "alert");
      deliveries = List.copyOf(deliveries);
    }
  }

  /**
   * What became of an alert on a channel.
   *
   * @param attempts how many were made
   * @param nextAt when the next is made, of one that waits
   * @param message how the last one went, for a person
   */
  public record Delivery(
      String channel, State state, int attempts, Optional<Instant> nextAt, String message) {
    public Delivery {
      Objects.requireNonNull(channel, "channel");
      Objects.requireNonNull(state, "state");
      Objects.requireNonNull(nextAt, "nextAt");
      Objects.requireNonNull(message, "message");
    }
  }

  /** Where an alert is on a channel. */
  public enum State {
    /** It is tried, and tried again. */
    WAITING,
    SENT,
    /** It was given up. */
    FAILED
  }

  /**
   * A trouble that was told and is not over.
   *
   * @param kind failure, flapping, overdue or quiet
   * @param since when it began
   */
  public record Trouble(String job, Kind kind, Instant since) {
    public Trouble {
      Objects.requireNonNull(job, "job");
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(since, "since");
    }
  }
}
