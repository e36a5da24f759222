package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.Step;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Answers messages, or passes them on.
 *
 * @param messages which
 * @param via the account
 * @param draft what is written
 * @param kind which of the two, and how
 * @param delivery how long the step stays with it
 */
record AnswerMailStep(
    List<MailItem> messages,
    Connection.Outgoing via,
    AnswerDraft draft,
    Kind kind,
    Delivery delivery)
    implements Step {
  AnswerMailStep {
    messages = List.copyOf(messages);
    Objects.requireNonNull(via, "via");
    Objects.requireNonNull(draft, "draft");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(delivery, "delivery");
  }

  /** What is done with a message. */
  sealed interface Kind {
    /**
     * It is answered.
     *
     * @param toAll whether to all who have it
     * @param isQuoting whether its text stands below
     */
    record Reply(boolean toAll, boolean isQuoting) implements Kind {}

    /**
     * It is passed on.
     *
     * @param isInline whether its text stands below and its attachments beside; else it is attached
     *     as it is
     */
    record Forward(boolean isInline) implements Kind {}
  }

  /**
   * How long the step stays with what it sends.
   *
   * @param until how far
   * @param expiry how long it is tried; empty for as long as is usual
   */
  record Delivery(MailSubmission.Until until, Optional<Duration> expiry) {
    Delivery {
      Objects.requireNonNull(until, "until");
      Objects.requireNonNull(expiry, "expiry");
    }
  }
}
