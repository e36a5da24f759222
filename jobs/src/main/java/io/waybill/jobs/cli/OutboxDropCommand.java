package io.waybill.jobs.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill outbox drop ID...}. */
@Command(
    name = "drop",
    description = "Gives entries up: whoever has not got the message never will. The record stays.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class OutboxDropCommand extends OutboxVerb {
  @Parameters(arity = "1..*", paramLabel = "ID", description = "An entry's id.")
  private List<String> ids;

  @Override
  ExitCode execute() throws InterruptedException {
    return each(
        ids,
        (daemon, id) -> daemon.decide(id, "drop"),
        (waybill, id) -> waybill.operator().drop(id));
  }
}
