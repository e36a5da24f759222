package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Step;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads messages of a mailbox without changing it.
 *
 * @param mailbox the account
 * @param folder its name on the server
 * @param match which messages
 * @param limit the oldest so many of them
 * @param minMessages fewer than this means that they have not come yet
 */
public record FetchMailStep(
    Connection.Mailbox mailbox, String folder, Match match, int limit, long minMessages)
    implements Step {
  public FetchMailStep {
    Objects.requireNonNull(mailbox, "mailbox");
    Objects.requireNonNull(folder, "folder");
    Objects.requireNonNull(match, "match");
  }

  /** Which messages: each part that is there must hold. */
  public record Match(
      Optional<String> subject, Optional<String> from, Optional<String> messageId) {}
}
