package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobException;
import io.waybill.jobs.LogPiece;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.LogForm;
import io.waybill.jobs.log.LogPart;
import io.waybill.jobs.log.RunLogDirectory;
import io.waybill.scheduler.Ulid;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill logs ID}: from the daemon if one lives, else from the file or the store. */
@Command(
    name = "logs",
    description =
        "Prints what a run has logged: all of it where it ran, else its end (256 KiB) from the store.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LogsCommand extends Verb {
  private static final Pattern STEERING = Pattern.compile("[\\p{Cntrl}&&[^\n\t]]");
  private static final int PIECE_BYTES = 512 * 1024;
  private static final long POLL_MILLIS = 500;

  @Parameters(index = "0", paramLabel = "ID", description = "The run's id.")
  private String id;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what the run logs until it ends.")
  private boolean follow;

  /** Where pieces of the log are had. */
  @FunctionalInterface
  private interface Log {
    LogPiece from(long offset) throws InterruptedException, IOException;
  }

  @Override
  ExitCode execute() throws InterruptedException, IOException {
    if (!Ulid.isValid(id)) {
      throw new JobException.NotFound(
          "there is no run \"%s\": an id has 26 characters, and \"waybill runs\" shows them"
              .formatted(id));
    }
    id = id.toUpperCase(Locale.ROOT); // as ids are written
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      print(offset -> LogForm.piece(daemon.get().log(id, offset)), follow);
      return ExitCode.OK;
    }
    RunLogDirectory directory = RunLogDirectory.at(stateDirectory().runs());
    if (!follow && directory.read(id, 0, 1).isPresent()) {
      // the store may belong to a "waybill run" just now, and is not needed
      print(offset -> whole(directory.read(id, offset, PIECE_BYTES), offset), false);
      return ExitCode.OK;
    }
    Configuration configuration = configurationIfAny();
    // whoever could go on with a run of an embedded store would have it open
    boolean isShared = !(configuration.daemon().store() instanceof Configuration.Embedded);
    try (Waybill waybill = waybill(configuration).open()) {
      print(offset -> waybill.log(id, offset), follow && isShared);
    }
    return ExitCode.OK;
  }

  private static LogPiece whole(Optional<LogPart> part, long offset) {
    LogPart there = part.orElse(new LogPart("", offset, offset));
    return new LogPiece(there.text(), offset, there.next(), LogPiece.Source.FILE, true);
  }

  private void print(Log log, boolean untilItsEnd) throws InterruptedException, IOException {
    LogPiece piece = log.from(0);
    if (piece.source() == LogPiece.Source.STORE_CUT) {
      output().note("waybill: only the end of this log is in the store; the rest is where it ran");
    }
    StringBuilder all = new StringBuilder();
    while (true) {
      print(piece.text(), all);
      if (piece.isLast() || (piece.next() == piece.from() && !untilItsEnd)) {
        break;
      }
      if (piece.next() == piece.from()) {
        Thread.sleep(POLL_MILLIS);
      }
      piece = log.from(piece.next());
    }
    if (output().format() == OutputFormat.JSON) {
      Map<String, Object> form = new LinkedHashMap<>();
      form.put("run", id);
      form.put("ended", piece.isEnded());
      form.put("text", all.toString());
      output().result(LogForm.SCHEMA, form, human -> {});
    } else if (all.isEmpty() && piece.next() == 0) {
      output().note("waybill: the run has logged nothing here");
    }
  }

  private void print(String text, StringBuilder all) {
    switch (output().format()) {
      case HUMAN -> printTo(cli().out(), text);
      case JSON, SARIF -> all.append(text);
      case NDJSON ->
          text.lines()
              .forEach(
                  line -> output().item(LogForm.LINE_SCHEMA, Map.of("line", line), human -> {}));
    }
  }

  // a line holds names from elsewhere, and is not to steer a terminal
  private static void printTo(PrintStream out, String text) {
    out.print(STEERING.matcher(text).replaceAll("?"));
    out.flush();
  }
}
