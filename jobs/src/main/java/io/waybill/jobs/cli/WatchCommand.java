package io.waybill.jobs.cli;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.step.CopyListener;
import io.waybill.jobs.step.CopyOutcome;
import io.waybill.jobs.step.CopyRequest;
import io.waybill.jobs.step.WatchRun;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.file.SettledFiles;
import io.waybill.transfer.watch.WatchOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill watch SRC DST}: copies what arrives in a directory, as it arrives. */
@Command(
    name = "watch",
    description = {
      "Copies each file that arrives in the directory SRC to the directory DST once it is finished, until Ctrl-C: one that stayed as it is for --settle.",
      "What is there already comes first, and what is equal in DST is skipped. What fails is tried again. With --move each source goes once its copy is safe.",
      "Temporary names, such as *.tmp, *.part and *~, are left out; the list is printed at the start. -o ndjson prints a document for each file as it happens.",
      "SRC is looked at every --interval; here the system's events let it be looked at sooner. Of a server its listing is read. Nothing is remembered after the end."
    })
final class WatchCommand extends CopyCommand {
  private static final Duration SETTLE = Duration.ofSeconds(5);

  @Option(names = "--move", description = "Delete each source once its copy is safe.")
  private boolean move;

  @Option(
      names = "--once",
      description = "End after what is there now; what is still written is left and named.")
  private boolean once;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      description = "Longest time between two looks; 10s if not given.")
  private String interval = "10s";

  @Option(
      names = "--done-file",
      paramLabel = "NAME",
      description =
          "A file is finished at once if this one is beside it: {name}.done. Done-files stay.")
  private String doneFile = "";

  @Option(
      names = {"-r", "--recursive"},
      description = "Watch the directories in SRC, too.")
  private boolean recursive;

  @Option(
      names = "--by-time",
      description = "Of what is finished at the same time, the oldest first; else by name.")
  private boolean byTime;

  private @Nullable WatchRun run;

  @Override
  boolean isMove() {
    return move;
  }

  @Override
  boolean settlesItself() {
    return true;
  }

  @Override
  CopyOutcome carryOut(
      StepServices services, CancelScope scope, CopyListener progress, CopyRequest request)
      throws InterruptedException {
    if (request.sources().size() != 1) {
      throw new JobException.Configuration("one directory is watched at a time: SRC and DST");
    }
    TargetPolicy policy = request.options().targetPolicy();
    if (policy == TargetPolicy.RENAME || policy == TargetPolicy.APPEND) {
      throw new JobException.Configuration(
          "what is tried again after a lost connection would be renamed or appended twice: use --policy skip, replace or fail");
    }
    if (output().format() == OutputFormat.HUMAN && !options().isQuiet()) {
      output()
          .note(
              "waybill: names like these are of unfinished files and never taken: "
                  + String.join(" ", SettledFiles.TEMPORARY));
    }
    WatchRun watching =
        new WatchRun(
            services, scope, progress, new WatchEvents(output(), move, options().isQuiet()));
    run = watching;
    return watching.execute(request, watchOptions(request), once);
  }

  @Override
  CopyOutcome done() {
    WatchRun watching = run;
    return watching == null ? CopyOutcome.nothing() : watching.soFar();
  }

  private WatchOptions watchOptions(CopyRequest request) {
    try {
      return WatchOptions.builder()
          .interval(CopyOptions.duration("--interval", interval))
          .settle(settle().orElse(SETTLE))
          .doneFile(doneFile)
          .recursive(recursive)
          .order(byTime ? WatchOptions.Order.TIME : WatchOptions.Order.NAME)
          .batch(CopyOutcome.MOST_TOLD) // so that each failure is known by its name
          .filter(request.includes(), request.excludes())
          .build();
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("cannot watch: " + e.getMessage(), e);
    }
  }
}
