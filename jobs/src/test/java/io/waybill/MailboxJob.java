package io.waybill;

import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.waybill.jobs.json.Json;
import io.waybill.testkit.ForkedJvm;
import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A mailbox, and job files of steps about its messages, run as {@code waybill run} does it: the
 * connection {@code mailbox:} belongs to {@code intake@acme.example}, {@code outgoing:} delivers to
 * the same server, where everybody gets a mailbox to whom something is sent; {@code DIR} in the
 * steps is the directory.
 */
final class MailboxJob implements AutoCloseable {
  private static final String USER = "intake@acme.example";

  final Path directory;
  private final GreenMail server =
      new GreenMail(
          new ServerSetup[] {
            ServerSetupTest.SMTP.dynamicPort(), ServerSetupTest.IMAP.dynamicPort()
          });
  private final GreenMailUser user;

  MailboxJob(Path directory) {
    this.directory = directory;
    server.start();
    user = server.setUser(USER, USER, "pw");
  }

  /** Puts a message into the INBOX as it stands here, but for the line ends. */
  void deliver(String text) throws MessagingException {
    deliverTo("INBOX", text);
  }

  void deliverTo(String folder, String text) throws MessagingException {
    MimeMessage message =
        new MimeMessage(
            Session.getInstance(new Properties()),
            new ByteArrayInputStream(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8)));
    folder(folder)
        .appendMessage(message, new Flags(), Date.from(Instant.parse("2026-01-31T09:30:00Z")));
  }

  /** Returns a message with a text and files attached, as NAME=CONTENT. */
  static String message(String subject, String... attachments) {
    StringBuilder text =
        new StringBuilder(
            """
            Message-ID: <%1$s@partner.example>
            Date: Sat, 31 Jan 2026 10:00:00 +0100
            From: Ada <ada@partner.example>
            To: intake@acme.example, Bob <bob@partner.example>
            Subject: %1$s
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            --b

            The text of %1$s.
            """
                .formatted(subject));
    for (String each : attachments) {
      String[] parts = each.split("=", 2);
      text.append(
          """
          --b
          Content-Type: application/octet-stream
          Content-Disposition: attachment; filename="%s"

          %s
          """
              .formatted(parts[0], parts[1]));
    }
    return text.append("--b--\n").toString();
  }

  MailFolder folder(String name) {
    return server.getManagers().getImapHostManager().getFolder(user, name);
  }

  void create(String folder) throws Exception {
    server.getManagers().getImapHostManager().createMailbox(user, folder);
  }

  /** Deletes a folder with all that is in it. */
  void delete(String folder) throws Exception {
    server.getManagers().getImapHostManager().deleteMailbox(user, folder);
  }

  boolean has(String folder) {
    return folder(folder) != null;
  }

  List<String> subjects(String folder) throws MessagingException {
    List<String> subjects = new ArrayList<>();
    for (var each : folder(folder).getMessages()) {
      subjects.add(each.getMimeMessage().getSubject());
    }
    return subjects;
  }

  /** Returns what somebody got, whose mailbox the server made when it came. */
  List<MimeMessage> receivedBy(String address) {
    GreenMailUser who = server.getUserManager().getUserByEmail(address);
    return who == null
        ? List.of()
        : server.getManagers().getImapHostManager().getFolder(who, "INBOX").getMessages().stream()
            .map(each -> each.getMimeMessage())
            .toList();
  }

  int imapPort() {
    return server.getImap().getPort();
  }

  int smtpPort() {
    return server.getSmtp().getPort();
  }

  Path at(String name) {
    return directory.resolve(name);
  }

  List<String> filesIn(String name) throws IOException {
    try (var list = Files.list(at(name))) {
      return list.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  Path jobFile(String... steps) throws IOException {
    return jobFileVia(smtpPort(), steps);
  }

  /** Writes a job file with these steps, which sends to some port. */
  Path jobFileVia(int port, String... steps) throws IOException {
    Files.writeString(at("imap.secret"), "pw");
    StringBuilder text =
        new StringBuilder(
            """
            version: 1
            timezone: UTC
            secrets: { imap: { file: imap.secret } }
            vars: { v: w }
            connections:
              mailbox: { type: imap, host: 127.0.0.1, port: %d, tls: off, user: %s, password: "${secrets.imap}" }
              outgoing: { type: smtp, host: 127.0.0.1, port: %d, tls: off, from: "Robot <robot@acme.example>" }
            jobs:
              post:
                retry: { attempts: 1 }
                steps:
                  - { id: fetch, mail.fetch: { mailbox: mailbox } }
            """
                .formatted(imapPort(), USER, port));
    for (String each : steps) {
      text.append("      - ").append(each.replace("DIR", directory.toString())).append('\n');
    }
    return Files.writeString(at("waybill.yml"), text);
  }

  FileJob.Ran run(String... steps) throws IOException {
    return run(jobFile(steps));
  }

  FileJob.Ran run(Path file) {
    CommandLineRun run = commandLine("run", "post", "-c", file.toString(), "-o", "json");
    return new FileJob.Ran(run.code(), Json.readObject(run.out()), run.err());
  }

  CommandLineRun validate(String... steps) throws IOException {
    return commandLine("validate", "-c", jobFile(steps).toString());
  }

  CommandLineRun commandLine(String... line) {
    return CommandLineRun.of(Map.of("WAYBILL_STATE", at("state").toString()), line);
  }

  /** Starts the command line in a process of its own. */
  ForkedJvm waybill(String... line) {
    return ForkedJvm.running(io.waybill.jobs.cli.Main.class)
        .args(line)
        .environment("WAYBILL_STATE", at("state").toString())
        .start();
  }

  @Override
  public void close() {
    server.stop();
  }
}
