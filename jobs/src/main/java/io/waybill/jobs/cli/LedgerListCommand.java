package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.LedgerItem.State;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill ledger list [JOB]}. */
@Command(
    name = "list",
    description =
        "Lists what waits for a run, is with one, has failed or was set aside; what changed last comes first.")
final class LedgerListCommand extends LedgerVerb {
  private static final Set<State> OPEN = EnumSet.complementOf(EnumSet.of(State.DONE));

  @Parameters(arity = "0..1", paramLabel = "JOB", description = "Of this job only.")
  private @Nullable String job;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "STATE",
      description = "Only items in these states: waiting, claimed, done, failed, quarantined.")
  private Set<State> states = Set.of();

  @Option(names = "--all", description = "Also what was done.")
  private boolean all;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many; 100 if not given.")
  private int limit = 100;

  @Override
  ExitCode execute() throws InterruptedException {
    if (limit < 1 || limit > 1000) {
      throw new JobException.Configuration("--limit is a number from 1 to 1000, not " + limit);
    }
    Set<State> wanted = all ? EnumSet.allOf(State.class) : states.isEmpty() ? OPEN : states;
    print(items(Optional.ofNullable(job), wanted, limit));
    return ExitCode.OK;
  }
}
