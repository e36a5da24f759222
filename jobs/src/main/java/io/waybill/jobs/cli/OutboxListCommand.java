package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.JobException;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.OutboxForm;
import io.waybill.mail.outbox.OutboxState;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill outbox list [ID...]}. */
@Command(
    name = "list",
    description =
        "Lists what waits to be sent or for a decision, the oldest first; or shows entries with what is known of each recipient.")
final class OutboxListCommand extends OutboxVerb {
  private static final Set<OutboxState> OPEN =
      EnumSet.of(
          OutboxState.QUEUED, OutboxState.SENDING, OutboxState.DEFERRED, OutboxState.UNKNOWN);

  @Parameters(arity = "0..*", paramLabel = "ID", description = "Show these only.")
  private List<String> ids = List.of();

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "STATE",
      description =
          "Only entries in these states: queued, sending, deferred, unknown, sent, partial, failed, expired.")
  private Set<OutboxState> states = Set.of();

  @Option(names = "--all", description = "Also what was sent, refused or given up.")
  private boolean all;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many; 100 if not given.")
  private int limit = 100;

  @Override
  ExitCode execute() throws InterruptedException {
    if (limit < 1 || limit > 1000) {
      throw new JobException.Configuration("--limit is a number from 1 to 1000, not " + limit);
    }
    if (!ids.isEmpty()) {
      return each(ids, ControlClient::outboxEntry, OutboxVerb::find);
    }
    Set<OutboxState> wanted =
        all ? EnumSet.allOf(OutboxState.class) : states.isEmpty() ? OPEN : states;
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      print(daemon.get().outbox(words(wanted), limit), false);
      return ExitCode.OK;
    }
    try (Waybill waybill = waybill(configurationIfAny()).open()) {
      print(waybill.outbox().list(wanted, limit).stream().map(OutboxForm::of).toList(), false);
      return ExitCode.OK;
    }
  }

  private static String words(Set<OutboxState> states) {
    return Arrays.stream(OutboxState.values())
        .filter(states::contains)
        .map(state -> state.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(","));
  }
}
