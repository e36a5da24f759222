package io.waybill.jobs;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of one thing that a trigger has found for a job: one version of a file, or one
 * message.
 *
 * @param key which one
 * @param name what a person calls it
 * @param standing how it stands
 * @param times when that came about
 * @param value what {@code ${item}} yields of it, a plain mapping
 */
public record LedgerItem(
    Key key, String name, Standing standing, Times times, Map<String, Object> value) {

  public LedgerItem {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(standing, "standing");
    Objects.requireNonNull(times, "times");
    value = Map.copyOf(value);
  }

  /** How an item stands. */
  public enum State {
    /** It waits for a run. */
    WAITING,
    /** A run has it, and nobody else gets it. */
    CLAIMED,
    /** It was dealt with, and is not taken again. */
    DONE,
    /** A run has failed with it; it is taken again when it is due. */
    FAILED,
    /** It has failed too often, or nobody knows what became of it: a person decides. */
    QUARANTINED
  }

  /**
   * Names an item.
   *
   * @param job whose ledger it is in
   * @param source by which it was found
   * @param id SHA-256 in hex of what it is: where, how large and how old, or of which message
   */
  public record Key(String job, String source, String id) {
    public Key {
      Objects.requireNonNull(job, "job");
      Objects.requireNonNull(source, "source");
      Objects.requireNonNull(id, "id");
    }
  }

  /**
   * How it stands.
   *
   * @param run that has it, or had it last
   * @param failures how many runs have failed with it
   * @param message of the last of them; empty if there is nothing to say
   */
  public record Standing(State state, Optional<String> run, int failures, String message) {
    public Standing {
      Objects.requireNonNull(state, "state");
      Objects.requireNonNull(run, "run");
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * When it came to that.
   *
   * @param found when it was found
   * @param changed when its state changed last
   * @param due when it is taken again, if it has failed
   */
  public record Times(Instant found, Instant changed, Optional<Instant> due) {
    public Times {
      Objects.requireNonNull(found, "found");
      Objects.requireNonNull(changed, "changed");
      Objects.requireNonNull(due, "due");
    }
  }
}
