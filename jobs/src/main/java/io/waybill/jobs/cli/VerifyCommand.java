package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.step.Place;
import io.waybill.jobs.step.PlaceFiles;
import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.sync.CompareReport;
import io.waybill.transfer.sync.SyncOptions;
import io.waybill.transfer.sync.TreeCompare;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill verify SRC DST}: says whether two directories are equal, and what is not. */
@Command(
    name = "verify",
    description = {
      "Compares two directories and names what differs, is missing in DST, or is only there; changes nothing.",
      "Links and special files of SRC, which sync does not copy either, are left out and told; that is no difference.",
      "By default what files hold is compared: from a server that computes no digests all of them are fetched. --size-time compares sizes and times."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class VerifyCommand extends PlaceVerb {
  static final String SCHEMA = "waybill.verify/1";

  @Parameters(index = "0", paramLabel = "SRC", description = "One directory.")
  private String source;

  @Parameters(index = "1", paramLabel = "DST", description = "The other.")
  private String target;

  @Option(names = "--size-time", description = "Compare sizes and times only.")
  private boolean sizeTime;

  @Option(names = "--include", paramLabel = "GLOB", description = "Compare only what matches.")
  private List<String> includes = List.of();

  @Option(names = "--exclude", paramLabel = "GLOB", description = "Leave out what matches.")
  private List<String> excludes = List.of();

  @Mixin private CopyTargetOptions own;

  @Override
  ExitCode execute(PlaceFiles files) {
    Ends ends = ends(source, target, own);
    Place from = ends.source();
    Place to = ends.target();
    boolean isBothHere = from instanceof Place.Local && to instanceof Place.Local;
    PathFilter filter;
    try {
      filter = PathFilter.of(includes, excludes);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("--include or --exclude: " + e.getMessage(), e);
    }
    files.look(to); // a path that was mistyped is not a copy of which all is missing
    CompareReport report =
        TreeCompare.compare(
            files.side(from, isBothHere, !sizeTime),
            files.side(to, isBothHere, !sizeTime),
            sizeTime ? SyncOptions.Compare.SIZE_MTIME : SyncOptions.Compare.DIGEST,
            filter);
    output().result(SCHEMA, plain(report), out -> print(report, out));
    report
        .failures()
        .forEach(
            each ->
                output()
                    .note(
                        "waybill: "
                            + Output.printable(each.path() + ": " + each.cause().getMessage())));
    if (report.counts().failed() > 0) {
      return ExitCode.PARTIAL;
    }
    return report.isEqual() ? ExitCode.OK : ExitCode.INTEGRITY;
  }

  private static Map<String, Object> plain(CompareReport report) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("equal", report.isEqual());
    form.put("equal-files", report.counts().equal());
    form.put("equal-bytes", report.counts().equalBytes());
    form.put("failed", report.counts().failed());
    form.put(
        "differing",
        report.differing().stream()
            .map(each -> Map.of("path", each.path(), "why", each.why()))
            .toList());
    form.put("missing", report.missing());
    form.put("extra", report.extra());
    form.put(
        "left-out",
        report.leftOut().stream()
            .map(each -> Map.of("path", each.path(), "why", each.why()))
            .toList());
    form.put("left-out-count", report.counts().leftOut());
    return form;
  }

  private static void print(CompareReport report, PrintStream out) {
    report
        .differing()
        .forEach(
            each -> out.println("differs  " + Output.printable(each.path() + ": " + each.why())));
    report.missing().forEach(each -> out.println("missing  " + Output.printable(each)));
    report.extra().forEach(each -> out.println("extra    " + Output.printable(each)));
    report
        .leftOut()
        .forEach(
            each -> out.println("left out " + Output.printable(each.path() + ": " + each.why())));
    long leftOut = report.counts().leftOut();
    out.printf(
        "%d equal (%s), %d differ, %d missing, %d extra%s%n",
        report.counts().equal(),
        RunPrinter.size(report.counts().equalBytes()),
        report.counts().differing(),
        report.counts().missing(),
        report.counts().extra(),
        leftOut == 0 ? "" : ", " + leftOut + " left out");
  }
}
