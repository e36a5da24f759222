package io.waybill.jobs.cli;

import io.waybill.jobs.step.CopyOutcome;
import io.waybill.jobs.step.CopyOutcome.LeftOut;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a copy prints at its end: {@code waybill.copy/1}, and the same for a person. */
final class CopyForm {
  static final String SCHEMA = "waybill.copy/1";
  private static final int CAUSES = 5;

  private final CopyOutcome outcome;
  private final Duration duration;
  private final boolean isDryRun;
  private final TargetPolicy policy;

  CopyForm(CopyOutcome outcome, Duration duration, boolean isDryRun, TargetPolicy policy) {
    this.outcome = outcome;
    this.duration = duration;
    this.isDryRun = isDryRun;
    this.policy = policy;
  }

  Map<String, Object> plain() {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("dry-run", isDryRun);
    form.put("files", outcome.files());
    form.put("bytes", outcome.bytes());
    form.put("copied", outcome.files() - outcome.skipped());
    form.put("moved", outcome.movedCount());
    form.put("moved-by-rename", outcome.movedByRename());
    form.put("skipped", outcome.skipped());
    form.put("sent-bytes", outcome.sentBytes());
    form.put("reused-bytes", outcome.reusedBytes());
    form.put("resumed-bytes", outcome.resumedBytes());
    form.put("failed", outcome.failedCount());
    form.put("failed-directories", outcome.failedDirectories());
    form.put("sources-left", outcome.sourcesLeft());
    outcome.verification().ifPresent(level -> form.put("verification", word(level)));
    outcome.digest().ifPresent(digest -> form.put("digest", digest.toString()));
    form.put("duration-millis", duration.toMillis());
    form.put("bytes-per-second", rate());
    form.put("causes", outcome.failed().stream().map(CopyForm::cause).toList());
    form.put(
        "renamed",
        outcome.renamed().stream()
            .map(file -> Map.of("source", file.source(), "target", file.target()))
            .toList());
    form.put("left-out", outcome.leftOut().stream().map(LeftOut::path).toList());
    form.put("left-out-count", outcome.leftOutCount());
    form.put("unsettled", outcome.unsettled());
    form.put("sidecars-written", outcome.sidecars());
    form.put("unchecked", outcome.unchecked());
    form.put("unchecked-count", outcome.uncheckedCount());
    if (isDryRun) {
      form.put(
          "would-copy",
          outcome.planned().stream()
              .map(file -> Map.of("source", file.source(), "target", file.target()))
              .toList());
    }
    return form;
  }

  private static Map<String, Object> cause(CopyOutcome.Failed failed) {
    return Map.of("source", failed.source(), "why", String.valueOf(failed.why().getMessage()));
  }

  void print(PrintStream out) {
    if (isDryRun) {
      printPlan(out);
    }
    if (outcome.files() > 0 || troubles() == 0) {
      printCounts(out);
    }
    List<String> leftOut = outcome.leftOut().stream().map(CopyForm::leftOut).toList();
    some(leftOut, outcome.leftOutCount(), "left out, ", out);
    some(
        outcome.unsettled(),
        outcome.unsettled().size(),
        "left out, it may still be written: ",
        out);
    some(outcome.unchecked(), outcome.uncheckedCount(), "not checked, it has no sidecar: ", out);
    if (outcome.sidecars() > 0) {
      out.printf(
          Locale.ROOT,
          "wrote %d sidecar%s%n",
          outcome.sidecars(),
          outcome.sidecars() == 1 ? "" : "s");
    }
  }

  private static String leftOut(LeftOut each) {
    return each.reason().words() + ": " + each.path();
  }

  private void printCounts(PrintStream out) {
    long moved = outcome.files() - outcome.skipped();
    long byRename = outcome.movedByRename();
    boolean isOnlyRenamed = byRename > 0 && byRename == moved;
    long deleted = outcome.movedCount() - byRename;
    long resumed = outcome.resumedBytes();
    out.printf(
        Locale.ROOT,
        "%s %d file%s, %s%s%s%s in %s (%s/s)%n",
        isDryRun ? "would copy" : isOnlyRenamed ? "moved" : "copied",
        moved,
        moved == 1 ? "" : "s",
        RunPrinter.size(outcome.copiedBytes()),
        outcome.skipped() == 0 ? "" : ", " + outcome.skipped() + " there already",
        told(resumed, "from an earlier try") + told(outcome.reusedBytes(), "from the old target"),
        outcome.verification().map(level -> ", verified by " + word(level)).orElse("")
            + (isOnlyRenamed ? ", by renaming" : ""),
        RunPrinter.duration(duration),
        RunPrinter.size(rate()));
    if (byRename > 0 && !isOnlyRenamed) {
      out.println(byRename + " of them by renaming, within their file system");
    }
    if (deleted > 0) {
      out.printf(Locale.ROOT, "deleted %d source%s%n", deleted, deleted == 1 ? "" : "s");
    }
    outcome.digest().ifPresent(out::println);
    outcome
        .renamed()
        .forEach(
            file ->
                out.printf(
                    "%s is there as %s%n",
                    Output.printable(file.source()), Output.printable(file.target())));
  }

  private static String told(long bytes, String whence) {
    return bytes == 0 ? "" : ", " + RunPrinter.size(bytes) + " of them " + whence;
  }

  private void printPlan(PrintStream out) {
    for (CopyOutcome.Planned file : outcome.planned()) {
      out.printf(
          "%s -> %s  %s%n",
          Output.printable(file.source()),
          Output.printable(file.target()),
          RunPrinter.size(file.sizeBytes()));
    }
    long more = outcome.files() - outcome.skipped() - outcome.planned().size();
    if (more > 0) {
      out.println("and " + more + " more");
    }
  }

  private static void some(List<String> names, long count, String what, PrintStream out) {
    names.stream().limit(CAUSES).forEach(name -> out.println(what + Output.printable(name)));
    if (count > CAUSES) {
      out.println(what + more(count));
    }
  }

  private static String more(long count) {
    return "and %d more; -o json lists %s"
        .formatted(
            count - CAUSES,
            count <= CopyOutcome.MOST_TOLD ? "them all" : "the first " + CopyOutcome.MOST_TOLD);
  }

  /** Returns how many things went wrong. */
  long troubles() {
    return outcome.failedCount() + outcome.failedDirectories() + outcome.sourcesLeft();
  }

  /** Says on standard error what was not copied, and why. */
  void printFailures(PrintStream err) {
    outcome.failed().stream()
        .limit(CAUSES)
        .forEach(failed -> err.println("waybill: " + Output.printable(failed.why().getMessage())));
    if (troubles() > CAUSES) {
      err.println("waybill: " + more(troubles()));
    }
    if (troubles() > 0 && troubles() + outcome.files() > 1) {
      err.println("waybill: " + missing() + "; mend what is said above" + next());
    }
  }

  private String missing() {
    List<String> parts = new ArrayList<>();
    if (outcome.failedCount() > 0) {
      parts.add(
          "%d of %d files were not copied"
              .formatted(outcome.failedCount(), outcome.failedCount() + outcome.files()));
    }
    long directories = outcome.failedDirectories();
    if (directories > 0) {
      parts.add(
          (directories == 1 ? "1 directory" : directories + " directories")
              + " could not be read or made");
    }
    long left = outcome.sourcesLeft();
    if (left > 0) {
      parts.add((left == 1 ? "1 file was" : left + " files were") + " copied and not deleted");
    }
    return String.join(", and ", parts);
  }

  private String next() {
    return switch (policy) {
      case SKIP_EQUAL -> ", and the same command copies them and skips what is there";
      case REPLACE -> ", and the same command copies all once more";
      case FAIL ->
          "; with --policy fail the same command fails at each file that is there: leave --policy out, and those that are equal are skipped";
      case RENAME, APPEND ->
          ", and copy these alone: the same command would copy all the others a second time";
    };
  }

  private long rate() {
    long travelled = Math.max(0, outcome.copiedBytes() - outcome.resumedBytes());
    return Math.round(travelled / Math.max(1e-3, duration.toNanos() / 1e9));
  }

  private static String word(Verification level) {
    return level.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
