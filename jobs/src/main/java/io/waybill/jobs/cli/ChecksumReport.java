package io.waybill.jobs.cli;

import io.waybill.jobs.step.ChecksumListener;
import io.waybill.transfer.Digest;
import io.waybill.transfer.sidecar.SidecarFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What {@code checksum} prints of each file as it comes, and what it ends with. */
final class ChecksumReport implements ChecksumListener {
  private final Output output;
  private final List<Map<String, Object>> document = new ArrayList<>();
  private long failed;
  private long differing;

  ChecksumReport(Output output) {
    this.output = output;
  }

  @Override
  public void digest(String name, Digest digest) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", name);
    form.put("digest", digest.toString());
    tell(form, SidecarFile.line(digest, name));
  }

  @Override
  public void compared(String name, Digest expected, Optional<Digest> actual, State state) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", name);
    form.put("state", state.name().toLowerCase(Locale.ROOT));
    form.put("expected", expected.toString());
    actual.ifPresent(digest -> form.put("digest", digest.toString()));
    if (state == State.DIFFERS || state == State.MISSING) {
      differing++;
    }
    // the name is the sidecar's
    tell(form, Output.printable(SidecarFile.shown(name)) + ": " + words(state));
  }

  // as sha256sum says it
  private static String words(State state) {
    return switch (state) {
      case OK -> "OK";
      case DIFFERS -> "FAILED";
      case MISSING -> "missing";
      case UNREADABLE -> "FAILED to read";
    };
  }

  private void tell(Map<String, Object> form, String line) {
    output.item(ChecksumCommand.SCHEMA, form, out -> out.print(line + "\n"));
    if (output.format() == OutputFormat.JSON) {
      document.add(form);
    }
  }

  @Override
  public void failed(String name, String why) {
    failed++;
    output.note("waybill: " + Output.printable(name + ": " + why));
  }

  @Override
  public void note(String text) {
    output.note("waybill: " + Output.printable(text));
  }

  /** Prints what is left, and says how it went: a file that differs weighs more than a failure. */
  ExitCode end() {
    if (output.format() == OutputFormat.JSON) {
      output.results(
          ChecksumCommand.SCHEMA, ChecksumCommand.LIST_SCHEMA, "files", document, out -> {});
    }
    if (differing > 0) {
      return ExitCode.INTEGRITY;
    }
    return failed > 0 ? ExitCode.PARTIAL : ExitCode.OK;
  }
}
