package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.step.LinkOptions;
import io.waybill.jobs.step.Place;
import io.waybill.jobs.step.PlaceFiles;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.sync.DeleteRefusal;
import io.waybill.transfer.sync.Sync;
import io.waybill.transfer.sync.SyncConflict;
import io.waybill.transfer.sync.SyncOptions;
import io.waybill.transfer.sync.SyncPlan;
import io.waybill.transfer.sync.SyncReceipt;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill sync SRC DST}: makes one directory like another. */
@Command(
    name = "sync",
    description = {
      "Makes the directory DST like SRC: copies what is missing or differs; with --delete it also deletes what only DST has.",
      "Nothing is deleted after an error, if SRC is empty, or if more would be than --max-delete allows: without it 10 files or a tenth of DST, whichever is more."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SyncCommand extends PlaceVerb {
  static final String SCHEMA = "waybill.sync/1";

  @Parameters(index = "0", paramLabel = "SRC", description = "The directory that is copied.")
  private String source;

  @Parameters(index = "1", paramLabel = "DST", description = "The directory that becomes like it.")
  private String target;

  @Option(names = "--delete", description = "Delete what only DST has; not what is excluded.")
  private boolean delete;

  @Option(
      names = "--max-delete",
      paramLabel = "N",
      description = "Delete nothing if it would be more files than that.")
  private @Nullable Long maxDelete;

  @Option(
      names = "--allow-empty-source",
      description = "Delete even if SRC is empty; --max-delete must be given, too.")
  private boolean allowEmptySource;

  @Option(
      names = "--digest",
      description =
          "Compare what files hold, and not sizes and times only; from a server that computes no digests all of them are fetched.")
  private boolean digest;

  @Option(
      names = "--renames",
      description = "With --digest: what was only renamed is renamed in DST, too.")
  private boolean renames;

  @Option(names = "--update", description = "Leave files alone that are newer in DST.")
  private boolean update;

  @Mixin private SyncFilters filters;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "How many files are copied at once; 4 if not given.")
  private int parallel = 4;

  @Option(names = "--rate", paramLabel = "RATE", description = CopyLinkOptions.RATE_DESCRIPTION)
  private @Nullable String rate;

  @Option(names = "--no-mode", description = "Do not give copies the permission bits of SRC.")
  private boolean noMode;

  @Option(names = "--dry-run", description = "Print the plan, and change nothing.")
  private boolean dryRun;

  @Mixin private CopyTargetOptions own;

  @Override
  LinkOptions link() {
    return LinkOptions.at(CopyLinkOptions.rate(rate));
  }

  @Override
  ExitCode execute(PlaceFiles files) {
    Ends ends = ends(source, target, own);
    Place from = ends.source();
    Place to = ends.target();
    PlaceFiles.requireApart(from, to, delete);
    boolean isBothHere = from instanceof Place.Local && to instanceof Place.Local;
    if (isBothHere && rate != null) {
      throw new JobException.Configuration(CopyLinkOptions.NO_RATE_HERE);
    }
    Sync sync =
        new Sync(
            files.side(from, isBothHere, digest),
            files.side(to, isBothHere, digest),
            syncOptions(),
            InstantSource.system());
    SyncReceipt receipt = sync.run(files.copier(from, to));
    output().result(SCHEMA, plain(receipt), out -> print(receipt, out));
    for (TreeReceipt.Failure each : receipt.failures()) {
      String what = each.path().isEmpty() ? "" : each.path() + ": "; // the whole target says it
      output().note("waybill: " + Output.printable(what + each.cause().getMessage()));
    }
    if (!receipt.dryRun()) { // else they stand in the plan
      for (SyncConflict each : receipt.plan().conflicts()) {
        output().note("waybill: " + Output.printable(each.text()));
      }
    }
    receipt.refusal().ifPresent(why -> output().note("waybill: " + Hints.with(why.message())));
    if (receipt.refusal().isPresent()) {
      return ExitCode.REFUSED;
    }
    return receipt.isComplete() ? ExitCode.OK : ExitCode.PARTIAL;
  }

  private SyncOptions syncOptions() {
    try {
      SyncOptions.Builder options =
          SyncOptions.builder()
              .compare(digest ? SyncOptions.Compare.DIGEST : SyncOptions.Compare.SIZE_MTIME)
              .delete(delete)
              .allowEmptySource(allowEmptySource)
              .renames(renames)
              .keepNewer(update)
              .dryRun(dryRun)
              .parallel(parallel)
              .files(TransferOptions.builder().preserveMode(!noMode).build());
      if (maxDelete != null) {
        if (maxDelete < 0) {
          throw new JobException.Configuration(
              "--max-delete is %d; give a number of files, 0 or more".formatted(maxDelete));
        }
        options.maxDelete(maxDelete);
      }
      filters.addTo(options, InstantSource.system());
      return options.build();
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration(String.valueOf(e.getMessage()), e);
    }
  }

  private static Map<String, Object> plain(SyncReceipt receipt) {
    SyncReceipt.Counts counts = receipt.counts();
    SyncPlan.Totals totals = receipt.plan().totals();
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("dry-run", receipt.dryRun());
    form.put("complete", receipt.isComplete());
    form.put("to-copy", totals.copies());
    form.put("to-delete", totals.deletes());
    form.put("equal", totals.equal());
    form.put("kept", totals.kept());
    form.put("copied", counts.copied());
    form.put("bytes", counts.bytes());
    form.put("sent-bytes", counts.bytesSent());
    form.put("renamed", counts.renamed());
    form.put("deleted", counts.deleted());
    form.put("directories-made", counts.directoriesMade());
    form.put("directories-removed", counts.directoriesRemoved());
    form.put("failed", receipt.failed());
    form.put("duration-millis", receipt.duration().toMillis());
    form.put(
        "causes",
        receipt.failures().stream()
            .map(
                each ->
                    Map.of("path", each.path(), "why", String.valueOf(each.cause().getMessage())))
            .toList());
    form.put("conflicts", receipt.plan().conflicts().stream().map(SyncConflict::text).toList());
    receipt
        .refusal()
        .map(DeleteRefusal::message)
        .map(Hints::with)
        .ifPresent(why -> form.put("refused", why));
    if (receipt.dryRun()) {
      form.put("plan", receipt.plan().lines().toList());
    }
    return form;
  }

  private static void print(SyncReceipt receipt, PrintStream out) {
    if (receipt.dryRun()) {
      receipt.plan().lines().forEach(out::println);
      return;
    }
    SyncReceipt.Counts counts = receipt.counts();
    out.printf(
        Locale.ROOT,
        "copied %d, renamed %d, deleted %d, %d equal, %s in %s%n",
        counts.copied(),
        counts.renamed(),
        counts.deleted(),
        receipt.plan().totals().equal(),
        RunPrinter.size(counts.bytes()),
        RunPrinter.duration(receipt.duration()));
  }
}
