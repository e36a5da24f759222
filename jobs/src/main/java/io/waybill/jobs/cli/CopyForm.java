package io.waybill.jobs.cli;

import io.waybill.jobs.step.CopyOutcome;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a copy prints at its end: {@code waybill.copy/1}, and the same for a person. */
final class CopyForm {
  static final String SCHEMA = "waybill.copy/1";
  private static final int CAUSES = 5;
  private static final int PLANNED = 1000;

  private final CopyOutcome outcome;
  private final Duration duration;
  private final boolean isDryRun;

  CopyForm(CopyOutcome outcome, Duration duration, boolean isDryRun) {
    this.outcome = outcome;
    this.duration = duration;
    this.isDryRun = isDryRun;
  }

  Map<String, Object> plain() {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("dry-run", isDryRun);
    form.put("files", (long) outcome.files().size());
    form.put("bytes", outcome.bytes());
    form.put("skipped", skipped());
    form.put("resumed-bytes", resumed());
    form.put("failed", (long) outcome.failed().size());
    verification().ifPresent(level -> form.put("verification", word(level)));
    digest().ifPresent(digest -> form.put("digest", digest));
    form.put("duration-millis", duration.toMillis());
    form.put("bytes-per-second", rate());
    form.put("causes", outcome.failed().stream().limit(CAUSES).map(CopyForm::cause).toList());
    form.put("left-out", outcome.leftOut());
    form.put("unsettled", outcome.unsettled());
    if (isDryRun) {
      form.put(
          "would-copy",
          outcome.files().stream()
              .filter(file -> !file.isSkipped())
              .limit(PLANNED)
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
      outcome.files().stream()
          .filter(file -> !file.isSkipped())
          .forEach(
              file ->
                  out.printf(
                      "%s -> %s  %s%n",
                      Output.printable(file.source()),
                      Output.printable(file.target()),
                      RunPrinter.size(file.sizeBytes())));
    }
    out.printf(
        Locale.ROOT,
        "%s %d file%s, %s%s%s%s in %s (%s/s)%n",
        isDryRun ? "would copy" : "copied",
        outcome.files().size() - skipped(),
        outcome.files().size() - skipped() == 1 ? "" : "s",
        RunPrinter.size(movedBytes()),
        skipped() == 0 ? "" : ", " + skipped() + " there already",
        resumed() == 0 ? "" : ", " + RunPrinter.size(resumed()) + " of them from an earlier try",
        verification().map(level -> ", verified by " + word(level)).orElse(""),
        RunPrinter.duration(duration),
        RunPrinter.size(rate()));
    digest().ifPresent(out::println);
    some(outcome.leftOut(), "left out, neither file nor directory: ", out);
    some(outcome.unsettled(), "left out, it may still be written: ", out);
  }

  private static void some(List<String> names, String what, PrintStream out) {
    names.stream().limit(CAUSES).forEach(name -> out.println(what + Output.printable(name)));
    if (names.size() > CAUSES) {
      out.println(what + "and " + (names.size() - CAUSES) + " more");
    }
  }

  /** Says on standard error what was not copied, and why. */
  void printFailures(PrintStream err) {
    outcome.failed().stream()
        .limit(CAUSES)
        .forEach(failed -> err.println("waybill: " + failed.why().getMessage()));
    if (outcome.failed().size() > CAUSES) {
      err.println("waybill: and " + (outcome.failed().size() - CAUSES) + " more");
    }
    if (!outcome.failed().isEmpty()) {
      err.println(
          "waybill: %d of %d files were not copied; the same command tries them again and skips what is there"
              .formatted(
                  outcome.failed().size(), outcome.failed().size() + outcome.files().size()));
    }
  }

  private long skipped() {
    return outcome.files().stream().filter(CopyOutcome.Copied::isSkipped).count();
  }

  private long movedBytes() {
    return outcome.files().stream()
        .filter(file -> !file.isSkipped())
        .mapToLong(CopyOutcome.Copied::sizeBytes)
        .sum();
  }

  private long resumed() {
    return outcome.files().stream()
        .flatMap(file -> file.receipt().stream())
        .mapToLong(TransferReceipt::bytesResumed)
        .sum();
  }

  private long rate() {
    return Math.round((movedBytes() - resumed()) / Math.max(1e-3, duration.toNanos() / 1e9));
  }

  // the least that holds for all
  private Optional<Verification> verification() {
    return outcome.files().stream()
        .flatMap(file -> file.receipt().stream())
        .map(TransferReceipt::verification)
        .min(Comparator.naturalOrder());
  }

  private Optional<String> digest() {
    return outcome.files().size() == 1
        ? outcome.files().get(0).receipt().flatMap(TransferReceipt::digest).map(String::valueOf)
        : Optional.empty();
  }

  private static String word(Verification level) {
    return level.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
