package io.waybill.jobs.cli;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.step.MailAccounts;
import io.waybill.mail.smtp.ServerCheck;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill mail check SERVER}: what a server offers, and whether we may send there. */
@Command(
    name = "check",
    description =
        "Looks at a mail server step by step: name, connection, TLS and whether the certificate is trusted, what it offers, login, limits. Nothing is sent.")
final class MailCheckCommand extends Verb {
  private static final String SCHEMA = "waybill.mail-check/1";

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVER",
      description =
          "A connection of type smtp of the job file, or smtp://[user@]host[:port], smtps://...; the only smtp connection if not given.")
  private @Nullable String server;

  @Option(
      names = "--deadline",
      paramLabel = "DURATION",
      description = "The longest time for all of it; 1m if not given.")
  private String deadline = "1m";

  @Mixin private MailServerOptions options = new MailServerOptions();

  @Override
  ExitCode execute() {
    Duration longest = MailServerOptions.deadline(deadline);
    Connection.Outgoing connection =
        options.connection(
            server,
            this::configurationIfAny,
            cli().environment(),
            warning -> output().note("waybill: warning: " + warning));
    CancelScope scope = new CancelScope();
    ServerCheck check;
    try (Interrupts interrupts =
        Interrupts.cancelling(() -> scope.cancel(CancelScope.Cause.CANCELLED))) {
      MailAccounts accounts = new MailAccounts(Connections::none, tap(), mailTokens());
      check = ServerCheck.run(accounts.of(connection, sockets().apply(scope)), longest);
    }
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("server", check.server());
    form.put("ok", check.failure().isEmpty());
    form.put("steps", check.steps().stream().map(MailCheckCommand::plain).toList());
    check.failure().ifPresent(e -> form.put("error", Trouble.form(e)));
    output().result(SCHEMA, form, out -> check.steps().forEach(step -> print(step, out)));
    return check
        .failure()
        .map(e -> Trouble.report(e, cli().err(), options().isDebug()))
        .orElse(ExitCode.OK);
  }

  private static Map<String, Object> plain(ServerCheck.Step step) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("name", step.name());
    plain.put("ok", step.isDone());
    plain.put("micros", step.took().toNanos() / 1000);
    plain.putAll(step.facts());
    return plain;
  }

  private static void print(ServerCheck.Step step, PrintStream out) {
    out.printf(
        "%-14s %-6s %s%n",
        step.name(), step.isDone() ? "ok" : "FAILED", RunPrinter.millis(step.took()));
    step.facts().forEach((name, value) -> out.println("  " + name + " " + Output.printable(value)));
  }
}
