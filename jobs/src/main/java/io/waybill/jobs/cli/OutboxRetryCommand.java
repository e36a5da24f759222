package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.OutboxState;
import java.util.ArrayList;
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

  private final List<OutboxState> tried = new ArrayList<>();

  @Override
  ExitCode execute() throws InterruptedException {
    ExitCode code = each(ids, (daemon, id) -> daemon.decide(id, "retry"), this::retry);
    return code == ExitCode.OK ? codeOf(tried) : code;
  }

  private OutboxEntry retry(Waybill waybill, String id) {
    waybill.operator().retry(id);
    OutboxEntry entry = waybill.deliver(id);
    tried.add(entry.state());
    return entry;
  }
}
