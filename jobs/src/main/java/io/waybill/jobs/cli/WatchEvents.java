package io.waybill.jobs.cli;

import io.waybill.jobs.step.WatchRun;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Prints what becomes of files while a watch goes on: lines for a person, {@code waybill.watched/1}
 * for a program that reads line by line.
 */
final class WatchEvents implements WatchRun.Told {
  static final String SCHEMA = "waybill.watched/1";

  private final Output output;
  private final String done;
  private final boolean isQuiet;

  WatchEvents(Output output, boolean isMove, boolean isQuiet) {
    this.output = output;
    this.done = isMove ? "moved" : "copied";
    this.isQuiet = isQuiet;
  }

  @Override
  public void done(String source) {
    if (output.format() == OutputFormat.HUMAN && !isQuiet) {
      output.line(done + " " + Output.printable(source));
    }
    event(done, "source", source);
  }

  @Override
  public void failed(String source, String why) {
    note(source + ": " + why + "; it is tried again");
    event("failed", "source", source, "why", Locations.masked(why));
  }

  @Override
  public void unsettled(String source, boolean isWaitedFor) {
    if (isWaitedFor) {
      note(source + " changed after it had settled; it is waited for");
    }
    event("unsettled", "source", source);
  }

  @Override
  public void trouble(String message) {
    note(message);
    event("trouble", "why", Locations.masked(message));
  }

  private void note(String text) {
    output.note("waybill: " + Output.printable(Locations.masked(text)));
  }

  private void event(String what, String... more) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("event", what);
    for (int i = 0; i < more.length; i += 2) {
      form.put(more[i], more[i + 1]);
    }
    output.event(SCHEMA, form);
  }
}
