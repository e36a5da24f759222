package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.AfterAction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill mail move MAILBOX UID... --into FOLDER}: puts messages elsewhere. */
@Command(
    name = "move",
    description =
        "Moves messages to another folder of the mailbox, marks or deletes them: just these, whatever else somebody has marked as deleted.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class MailMoveCommand extends MailboxVerb {
  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "UID",
      description = "The messages, as \"mail ls\" shows them.")
  private List<Long> uids;

  @Option(names = "--into", paramLabel = "FOLDER", description = "The folder, which must exist.")
  private @Nullable String into;

  @Option(names = "--seen", description = "Mark them as read instead.")
  private boolean seen;

  @Option(
      names = "--keyword",
      paramLabel = "WORD",
      description = "Mark them with a keyword instead, as $Processed.")
  private @Nullable String keyword;

  @Option(names = "--delete", description = "Delete them instead.")
  private boolean delete;

  @Override
  ExitCode execute() throws Exception {
    AfterAction action = action();
    List<Long> wanted = MailNumbers.uids(uids);
    return read((reader, folder) -> perform(reader, folder, action, wanted));
  }

  private AfterAction action() {
    int given =
        (into == null ? 0 : 1) + (seen ? 1 : 0) + (keyword == null ? 0 : 1) + (delete ? 1 : 0);
    if (given != 1) {
      throw new JobException.Configuration(
          "say one thing to do: --into FOLDER, --seen, --keyword WORD or --delete");
    }
    if (into != null) {
      return AfterAction.moveTo(into);
    }
    if (keyword != null) {
      return AfterAction.keyword(keyword);
    }
    return seen ? AfterAction.SEEN : AfterAction.DELETE;
  }

  private ExitCode perform(
      MailboxReader reader, String folder, AfterAction action, List<Long> wanted) {
    int there = reader.perform(folder, action, wanted);
    output()
        .result(
            "waybill.mail-moved/1",
            Map.of("messages", (long) there),
            out -> out.println(there + (there == 1 ? " message" : " messages")));
    if (there < wanted.size()) {
      throw new JobException.NotFound(
          "%d of %d messages are not in %s: \"waybill mail ls\" shows them"
              .formatted(wanted.size() - there, wanted.size(), folder));
    }
    return ExitCode.OK;
  }
}
