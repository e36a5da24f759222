package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.OutboxForm;
import io.waybill.jobs.json.QueuedMail;
import io.waybill.jobs.step.MailAccounts;
import io.waybill.jobs.step.MailSenders;
import io.waybill.jobs.step.ScopedSender;
import io.waybill.mail.Address;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSender;
import io.waybill.mail.SendReport;
import io.waybill.mail.mime.MessagePreparer;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.mail.outbox.EnqueueRequest;
import io.waybill.mail.outbox.OutboxSettings;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill send}: one mail, now; or into the outbox, from where it goes by itself. */
@Command(
    name = "send",
    description =
        "Sends one mail and tells what the server said about each recipient. Nothing is repeated: what the server defers is reported, unless --queue leaves it to the outbox.")
final class SendCommand extends Verb {
  @Option(
      names = "--via",
      paramLabel = "SERVER",
      description =
          "A connection of type smtp of the job file, or smtp://[user@]host[:port], smtps://...; the only smtp connection if not given.")
  private @Nullable String via;

  @Mixin private MessageOptions message = new MessageOptions();
  @Mixin private MailServerOptions server = new MailServerOptions();

  @Option(names = "--dry-run", description = "Print the message as it would be sent.")
  private boolean dryRun;

  @Option(
      names = "--queue",
      description =
          "Put it into the outbox and return: the daemon sends it, and tries again where that helps.")
  private boolean queue;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description =
          "With --queue: at most one message is sent for a key; its Message-ID if not given.")
  private @Nullable String key;

  @Option(
      names = "--expire",
      paramLabel = "DURATION",
      description = "With --queue: how long it is tried, at most 5d; 24h if not given.")
  private @Nullable String expire;

  @Option(
      names = "--deadline",
      paramLabel = "DURATION",
      description =
          "The longest time for all of it; 10m and a second for each 64 KiB if not given.")
  private @Nullable String deadline;

  private @Nullable Configuration file;

  @Override
  ExitCode execute() throws Exception {
    if (!queue && (key != null || expire != null)) {
      throw new JobException.Configuration("--key and --expire are for --queue");
    }
    if (deadline != null) {
      Duration unused = MailServerOptions.deadline(deadline); // said at once, whatever follows
    }
    if (expire != null) {
      Duration unused = expiry(expire);
    }
    boolean needsNoServer = via == null || MailServerOptions.isUri(via);
    if (dryRun && needsNoServer && message.namesItsAuthor()) {
      try (PreparedMessage prepared =
          message.prepare(MessagePreparer.builder().build(), Optional.empty(), System.in)) {
        return show(prepared);
      }
    }
    Connection.Outgoing connection = connection();
    try (PreparedMessage prepared =
        message.prepare(
            MailSenders.preparer(connection, Clock.systemUTC()), connection.from(), System.in)) {
      return dryRun
          ? show(prepared)
          : queue ? queue(prepared, connection) : send(prepared, connection);
    }
  }

  private Connection.Outgoing connection() {
    return server.connection(
        via,
        this::file,
        cli().environment(),
        warning -> output().note("waybill: warning: " + warning));
  }

  private Configuration file() {
    Configuration read = file;
    if (read == null) {
      read = configurationIfAny();
      file = read;
    }
    return read;
  }

  private ExitCode show(PreparedMessage prepared) throws IOException {
    if (output().format() == OutputFormat.HUMAN) {
      try (InputStream in = prepared.open()) {
        in.transferTo(cli().out());
      }
      cli().out().flush();
      output()
          .note(
              "waybill: would send %s from <%s> to %s"
                  .formatted(
                      RunPrinter.size(prepared.sizeBytes()),
                      prepared.envelope().sender().map(Address::address).orElse(""),
                      addresses(prepared)));
      return ExitCode.OK;
    }
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("dry-run", true);
    form.put("message-id", prepared.messageId());
    form.put("size", prepared.sizeBytes());
    form.put("digest", prepared.sha256());
    form.put("from", prepared.envelope().sender().map(Address::address).orElse(""));
    form.put("to", addresses(prepared));
    output().result(SendForm.SCHEMA, form, out -> {});
    return ExitCode.OK;
  }

  private static List<String> addresses(PreparedMessage prepared) {
    return prepared.envelope().recipients().stream().map(Address::address).toList();
  }

  private ExitCode send(PreparedMessage prepared, Connection.Outgoing connection) {
    Duration longest =
        deadline == null
            ? MailSender.defaultDeadline(prepared.sizeBytes())
            : MailServerOptions.deadline(deadline);
    CancelScope scope = new CancelScope();
    SocketFactory factory = sockets().apply(scope);
    MailAccounts accounts = accounts();
    try (Interrupts interrupts =
            Interrupts.cancelling(() -> scope.cancel(CancelScope.Cause.CANCELLED));
        MailSender sender = MailSenders.one(connection, factory, accounts, Clock.systemUTC())) {
      FrozenSender filing = MailSenders.filing(sender, connection, factory, accounts);
      SendReport report =
          new ScopedSender(filing, scope).send(prepared, longest, DeliveryJournal.NONE);
      output().result(SendForm.SCHEMA, SendForm.of(report), out -> SendForm.print(report, out));
      ExitCode code = SendForm.codeOf(report);
      if (code == ExitCode.UNKNOWN) {
        output()
            .note(
                "waybill: "
                    + new MailException.Ambiguous(report.server(), report.messageId())
                        .getMessage());
      }
      return code;
    }
  }

  private MailAccounts accounts() {
    return new MailAccounts(() -> file().connections(), tap(), mailTokens());
  }

  private ExitCode queue(PreparedMessage prepared, Connection.Outgoing connection)
      throws InterruptedException {
    if (connection.name().contains("://")) {
      throw new JobException.Configuration(
          "--queue needs a connection of the job file, by whose name the daemon sends it: give --via CONNECTION");
    }
    EnqueueRequest.Builder request =
        EnqueueRequest.builder(key == null ? prepared.messageId() : key)
            .account(connection.name())
            .subject(message.shownSubject());
    if (expire != null) {
      request.expiry(expiry(expire));
    }
    QueuedMail mail = QueuedMail.of(prepared, request.build());
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      print(daemon.get().enqueue(mail), prepared);
      return ExitCode.OK;
    }
    try (Waybill waybill = waybill(file()).open()) {
      print(OutboxForm.of(waybill.enqueue(mail)), prepared);
    }
    output()
        .note("waybill: no daemon lives: it waits until one does, or for \"waybill outbox retry\"");
    return ExitCode.OK;
  }

  private static Duration expiry(String text) {
    Duration given = CopyOptions.duration("--expire", text);
    if (given.compareTo(OutboxSettings.LONGEST_EXPIRY) > 0) {
      throw new JobException.Configuration("--expire is at most 5d, not " + text);
    }
    return given;
  }

  private void print(Map<String, Object> entry, PreparedMessage prepared) {
    if (!prepared.messageId().equals(entry.get("message-id"))) {
      output()
          .note(
              "waybill: the key was used before: this is the earlier message, and the new one was not taken");
    }
    output().result(OutboxForm.SCHEMA, entry, out -> OutboxPrinter.print(entry, true, out));
  }
}
