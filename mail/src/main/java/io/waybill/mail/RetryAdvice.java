package io.waybill.mail;

import java.util.List;

/** Says what a caller may do next without sending anything twice. */
public sealed interface RetryAdvice {
  /** Nothing is left to do: every recipient has a final answer. */
  record None() implements RetryAdvice {}

  /** The same bytes may go to all recipients again. */
  record All() implements RetryAdvice {}

  /**
   * The same bytes may go again, but only to some.
   *
   * @param recipients those who were deferred or not attempted
   */
  record Only(List<Address> recipients) implements RetryAdvice {
    /** Copies the list. */
    public Only {
      recipients = List.copyOf(recipients);
    }
  }

  /** The message may already have been accepted: a person, not a program, decides. */
  record Human() implements RetryAdvice {}
}
