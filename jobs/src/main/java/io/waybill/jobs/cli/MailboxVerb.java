package io.waybill.jobs.cli;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connections;
import io.waybill.jobs.cli.MailServerOptions.MailboxPlace;
import io.waybill.jobs.step.MailAccounts;
import io.waybill.mail.MailAccount;
import io.waybill.mail.imap.MailboxReader;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What the verbs that read a mailbox share: which one it is, and how a signal ends them. */
@SuppressWarnings("NullAway.Init") // picocli sets the field
abstract class MailboxVerb extends Verb {
  @Parameters(
      index = "0",
      paramLabel = "MAILBOX",
      description =
          "CONNECTION[:Folder] of the job file, or imaps://user@host[:port][/Folder], imap://...; INBOX if no folder is named.")
  private String mailbox;

  @Mixin private MailServerOptions server = new MailServerOptions();

  /** Work on a mailbox. */
  @FunctionalInterface
  interface Work {
    ExitCode on(MailboxReader reader, String folder) throws Exception;
  }

  /** Returns which mailbox, and which folder of it, is meant. */
  final MailboxPlace place() {
    return server.mailbox(
        mailbox,
        this::configurationIfAny,
        cli().environment(),
        warning -> output().note("waybill: warning: " + warning));
  }

  final MailAccount account(MailboxPlace place, CancelScope scope) {
    return new MailAccounts(Connections::none, tap(), mailTokens())
        .of(place.mailbox(), sockets().apply(scope));
  }

  /** Works on the mailbox; a signal closes its connection. */
  final ExitCode read(Work work) throws Exception {
    MailboxPlace place = place();
    CancelScope scope = new CancelScope();
    try (Interrupts interrupts =
            Interrupts.cancelling(() -> scope.cancel(CancelScope.Cause.CANCELLED));
        MailboxReader reader = MailboxReader.lazy(account(place, scope), Clock.systemUTC())) {
      return work.on(reader, place.folder());
    }
  }

  /** Prints a message in one line, and what is attached in further ones. */
  static void print(Map<String, Object> mail, PrintStream out) {
    out.printf(
        "%6s  %s  %-9s %-30s %s%n",
        mail.getOrDefault("uid", ""),
        mail.getOrDefault("received-at", mail.getOrDefault("date", "-")),
        RunPrinter.size(mail.get("size") instanceof Long size ? size : 0),
        cut(Output.printable(first(mail.get("from"))), 30),
        Output.printable(mail.get("subject")));
  }

  private static String first(@Nullable Object list) {
    return list instanceof List<?> all && !all.isEmpty() ? String.valueOf(all.get(0)) : "-";
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "~";
  }
}
