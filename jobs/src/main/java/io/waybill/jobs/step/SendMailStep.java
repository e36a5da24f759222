package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.Step;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Sends one message.
 *
 * @param via the account
 * @param draft what, to whom
 * @param dedupe at most one message is sent for a key, over all runs; empty means one for this step
 *     of this run
 * @param until how long the step stays with it
 * @param expiry how long it is tried; empty for as long as is usual
 */
public record SendMailStep(
    Connection.Outgoing via,
    MailDraft draft,
    Optional<String> dedupe,
    MailSubmission.Until until,
    Optional<Duration> expiry)
    implements Step {
  public SendMailStep {
    Objects.requireNonNull(via, "via");
    Objects.requireNonNull(draft, "draft");
    Objects.requireNonNull(dedupe, "dedupe");
    Objects.requireNonNull(until, "until");
    Objects.requireNonNull(expiry, "expiry");
  }
}
