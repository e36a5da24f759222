package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.mail.outbox.OutboxEntry;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill outbox retry ID...}. */
@Command(
    name = "retry",
    description =
        "Tries entries again at once: those that wait, and those that were refused or ran out of time. The daemon does it in the background; without one it is done here and now.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class OutboxRetryCommand extends OutboxVerb {
  @Parameters(arity = "1..*", paramLabel = "ID", description = "An entry's id.")
  private List<String> ids;

  @Override
  ExitCode execute() throws InterruptedException {
    return each(ids, (daemon, id) -> daemon.decide(id, "retry"), OutboxRetryCommand::retry);
  }

  private static OutboxEntry retry(Waybill waybill, String id) {
    waybill.outbox().retry(id);
    return waybill.deliver(id);
  }
}
