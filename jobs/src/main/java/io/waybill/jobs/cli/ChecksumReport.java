package io.waybill.jobs.cli;

import io.waybill.transfer.Digest;
import io.waybill.transfer.sidecar.SidecarFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What {@code checksum} prints of each file as it comes, and what it ends with. */
final class ChecksumReport {
  private final Output output;
  private final List<Map<String, Object>> document = new ArrayList<>();
  private long failed;
  private long differing;

  /** How a file compares with its sidecar. */
  enum State {
    OK("OK"),
    DIFFERS("FAILED"),
    MISSING("missing"),
    UNREADABLE("FAILED to read");

    private final String human;

    State(String human) {
      this.human = human;
    }
  }

  ChecksumReport(Output output) {
    this.output = output;
  }

  /** A digest was computed. */
  void digest(String name, Digest digest) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", name);
    form.put("digest", digest.toString());
    tell(form, SidecarFile.line(digest, name));
  }

  /**
   * A file was compared.
   *
   * @param actual what it has; empty if that is not known
   */
  void compared(String name, Digest expected, Optional<Digest> actual, State state) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", name);
    form.put("state", state.name().toLowerCase(Locale.ROOT));
    form.put("expected", expected.toString());
    actual.ifPresent(digest -> form.put("digest", digest.toString()));
    if (state == State.DIFFERS || state == State.MISSING) {
      differing++;
    }
    // the name is the sidecar's
    tell(form, Output.printable(SidecarFile.shown(name)) + ": " + state.human);
  }

  private void tell(Map<String, Object> form, String line) {
    output.item(ChecksumCommand.SCHEMA, form, out -> out.print(line + "\n"));
    if (output.format() == OutputFormat.JSON) {
      document.add(form);
    }
  }

  /** Something could not be looked at. */
  void failed(String name, String why) {
    failed++;
    output.note("waybill: " + Output.printable(name + ": " + why));
  }

  /** Something that a person should know. */
  void note(String text) {
    output.note("waybill: " + Output.printable(text));
  }

  /** Returns how many could not be looked at. */
  long failures() {
    return failed;
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
