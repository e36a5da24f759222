package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.OutboxState;
import io.waybill.mail.outbox.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill outbox resolve ID... --as WHAT}. */
@Command(
    name = "resolve",
    description =
        "Writes down what became of entries whose fate is unknown: nobody but the recipient knows, so look there first.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class OutboxResolveCommand extends OutboxVerb {
  @Parameters(arity = "1..*", paramLabel = "ID", description = "An entry's id.")
  private List<String> ids;

  @Option(
      names = "--as",
      required = true,
      paramLabel = "WHAT",
      description =
          "sent: it was found; resend: it was not, and the same bytes go out again; drop: it is given up.")
  private Resolution as;

  private final List<OutboxState> tried = new ArrayList<>();

  @Override
  ExitCode execute() throws InterruptedException {
    String word = as.name().toLowerCase(Locale.ROOT);
    ExitCode code = each(ids, (daemon, id) -> daemon.resolve(id, word), this::resolve);
    return code == ExitCode.OK ? codeOf(tried) : code;
  }

  private OutboxEntry resolve(Waybill waybill, String id) {
    OutboxEntry resolved = waybill.operator().resolve(id, as);
    if (as != Resolution.RESEND) {
      return resolved;
    }
    OutboxEntry entry = waybill.deliver(id);
    tried.add(entry.state());
    return entry;
  }
}
