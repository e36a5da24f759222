package io.waybill.jobs.cli;

import io.waybill.jobs.LedgerItem.State;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill ledger forget JOB ID...}. */
@Command(
    name = "forget",
    description =
        "Forgets items: a file that is still there is then a new one. Mail that was passed does not come again; requeue it instead.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class LedgerForgetCommand extends LedgerVerb {
  private static final int MOST = 1_000;

  @Parameters(index = "0", paramLabel = "JOB", description = "The job.")
  private String job;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "ID",
      description = "An item's id, or as much of its beginning as is of no other.")
  private List<String> ids = List.of();

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "STATE",
      description =
          "All that are in these states, instead of ids: waiting, done, failed, quarantined; 1,000 at a time.")
  private Set<State> states = Set.of();

  @Override
  ExitCode execute() throws InterruptedException {
    return each(
        job,
        chosen(job, ids, states, MOST),
        (daemon, of, id) -> daemon.decideItem(of, id, "forget"),
        (waybill, item) -> waybill.operator().forget(item));
  }
}
