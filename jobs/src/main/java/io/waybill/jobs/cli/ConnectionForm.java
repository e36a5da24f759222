package io.waybill.jobs.cli;

import io.waybill.jobs.Connection;
import io.waybill.jobs.step.ConnectionChecks.Outcome;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How logging in at the connections of a file went, for programs and people. */
final class ConnectionForm {
  // what is wrong in the file is mended first; a wrong password may lock an account
  private static final List<ExitCode> GRAVEST_FIRST =
      List.of(ExitCode.USAGE, ExitCode.AUTHENTICATION, ExitCode.CONNECTION);

  private ConnectionForm() {}

  static Map<String, Object> of(Outcome outcome) {
    Connection connection = outcome.connection();
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", connection.name());
    form.put("type", type(connection));
    form.put("host", connection.host());
    form.put("port", (long) connection.port());
    form.put("ok", outcome.failure().isEmpty());
    form.put("millis", outcome.took().toMillis());
    outcome
        .failure()
        .ifPresent(
            failure -> {
              Map<String, Object> error = Trouble.form(failure);
              ExitCode code = code(failure);
              error.put("exit", (long) code.number());
              error.put("kind", code.word());
              form.put("error", error);
            });
    return form;
  }

  /** Returns what the verb ends with: the gravest of what was wrong; empty if nothing was. */
  static Optional<ExitCode> gravest(List<Outcome> outcomes) {
    return outcomes.stream()
        .flatMap(outcome -> outcome.failure().stream())
        .map(ConnectionForm::code)
        .min(Comparator.comparingInt(ConnectionForm::rank).thenComparing(ExitCode::number));
  }

  private static int rank(ExitCode code) {
    int rank = GRAVEST_FIRST.indexOf(code);
    return rank < 0 ? GRAVEST_FIRST.size() : rank;
  }

  // who does not answer in time cannot be reached
  private static ExitCode code(RuntimeException failure) {
    ExitCode code = Trouble.codeOf(failure);
    return code == ExitCode.TIMEOUT || code == ExitCode.RETRIES_SPENT ? ExitCode.CONNECTION : code;
  }

  static void print(List<Outcome> outcomes, PrintStream out) {
    int names =
        outcomes.stream().mapToInt(each -> each.connection().name().length()).max().orElse(0);
    int places = outcomes.stream().mapToInt(each -> place(each).length()).max().orElse(0);
    for (Outcome outcome : outcomes) {
      boolean isOk = outcome.failure().isEmpty();
      out.println(
          JobPrinter.pad(outcome.connection().name(), names)
              + "  "
              + JobPrinter.pad(place(outcome), places)
              + (isOk ? "  ok      " : "  FAILED  ")
              + RunPrinter.millis(outcome.took()));
      outcome
          .failure()
          .ifPresent(
              failure ->
                  out.println("  " + Output.printable(Trouble.form(failure).get("message"))));
    }
  }

  private static String place(Outcome outcome) {
    Connection connection = outcome.connection();
    return type(connection) + " " + connection.host() + ":" + connection.port();
  }

  private static String type(Connection connection) {
    if (connection instanceof Connection.Ftp ftp) {
      return ftp.tls() == Connection.Tls.OFF ? "ftp" : "ftps";
    }
    if (connection instanceof Connection.Web web) {
      return web.trust() instanceof Connection.Trust.Plaintext ? "http" : "https";
    }
    if (connection instanceof Connection.Sftp) {
      return "sftp";
    }
    if (connection instanceof Connection.Mailbox) {
      return "imap";
    }
    return connection instanceof Connection.Outgoing ? "smtp" : "waybill";
  }
}
