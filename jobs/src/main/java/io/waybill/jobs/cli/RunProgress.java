package io.waybill.jobs.cli;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.RunEvent;
import io.waybill.jobs.RunListener;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.Attempt;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Prints on standard error what a run does: a line a step, and what failed at once. On a terminal
 * the current file's progress is drawn over itself; elsewhere a line is printed every ten seconds.
 */
final class RunProgress implements RunListener {
  private static final long LINE_EVERY_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long DRAW_EVERY_NANOS = Duration.ofMillis(200).toNanos();

  private final PrintStream err;
  private final boolean quiet;
  private final boolean terminal = Boolean.getBoolean("waybill.terminal"); // the launcher asks
  private long lastDrawn = System.nanoTime();
  private boolean drawn;

  RunProgress(PrintStream err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
  }

  @Override
  public synchronized void on(RunEvent event) {
    if (quiet) {
      return;
    }
    if (event instanceof RunEvent.ItemEnded item) {
      line(
          "item %d, %s: %s%s"
              .formatted(
                  item.number(),
                  Output.printable(item.item()),
                  Plain.word(item.state()),
                  item.message().isEmpty() ? "" : ", " + Output.printable(item.message())));
    } else if (event instanceof RunEvent.AttemptStarted started && !isOfItem(started.attempt())) {
      line(
          started.attempt().stepKey()
              + ": "
              + started.kind()
              + attempt(started.attempt().number()));
    } else if (event instanceof RunEvent.Noted noted && !isOfItem(noted.attempt())) {
      line(noted.attempt().stepKey() + ": " + Output.printable(noted.sentence()));
    } else if (event instanceof RunEvent.AttemptEnded ended
        && !ended.attempt().message().isEmpty()
        && (ended.attempt().delay().isPresent() || !isOfItem(ended.attempt()))) {
      line(ended.attempt().stepKey() + ": " + ended.attempt().message());
      ended
          .attempt()
          .delay()
          .ifPresent(
              delay ->
                  line(ended.attempt().stepKey() + ": again in " + RunPrinter.duration(delay)));
    } else if (event instanceof RunEvent.Progressed progressed) {
      draw(progressed);
    }
  }

  // of ten thousand items only what ends and what fails is of interest
  private static boolean isOfItem(Attempt attempt) {
    return attempt.stepKey().endsWith("]") || attempt.stepKey().equals(EachDefinition.NAME);
  }

  private static String attempt(int number) {
    return number == 1 ? "" : ", attempt " + number;
  }

  private void line(String text) {
    if (drawn) {
      err.print("\r\033[K");
      drawn = false;
    }
    err.println(text);
  }

  private void draw(RunEvent.Progressed progressed) {
    long now = System.nanoTime();
    if (now - lastDrawn < (terminal ? DRAW_EVERY_NANOS : LINE_EVERY_NANOS)) {
      return;
    }
    lastDrawn = now;
    String text =
        progressed.totalBytes() > 0
            ? String.format(
                Locale.ROOT,
                "  %s  %s of %s  %d %%",
                Output.printable(progressed.item()),
                RunPrinter.size(progressed.doneBytes()),
                RunPrinter.size(progressed.totalBytes()),
                100 * progressed.doneBytes() / progressed.totalBytes())
            : "  " + Output.printable(progressed.item());
    if (terminal) {
      err.print("\r\033[K" + text);
      err.flush();
      drawn = true;
    } else {
      err.println(text);
    }
  }
}
