package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Step;
import io.waybill.mail.Message;
import java.util.Objects;
import java.util.Optional;

/**
 * Sends one message.
 *
 * @param via the account
 * @param message what, to whom
 * @param dedupe at most one message is sent for a key, over all runs; empty means one for this step
 *     of this run
 */
public record SendMailStep(Connection.Outgoing via, Message message, Optional<String> dedupe)
    implements Step {
  public SendMailStep {
    Objects.requireNonNull(via, "via");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(dedupe, "dedupe");
  }
}
