package io.waybill;

import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.testkit.FaultyProxy;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** The sandbox, a proxy before its chunk server, and the main job's file pointed at them. */
final class SpineFixture implements AutoCloseable {
  final Path directory;
  final Sandbox sandbox;
  final FaultyProxy hubProxy;

  SpineFixture(Path directory) throws IOException {
    this.directory = directory;
    sandbox = Sandbox.start(directory.resolve("partner"), directory.resolve("hub"));
    hubProxy = FaultyProxy.inFrontOf(sandbox.chunkPort());
  }

  /** Puts a file of seeded noise where the FTP user finds it as {@code /out/NAME}. */
  Path offer(String name, int sizeBytes) throws IOException {
    byte[] bytes = new byte[sizeBytes];
    new Random(sizeBytes).nextBytes(bytes);
    Path file = directory.resolve("partner/out").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  Path inHub(String name) {
    return directory.resolve("hub").resolve(name);
  }

  StateDirectory state() {
    return StateDirectory.at(directory.resolve("state"));
  }

  /** Writes the main job's file: pull, push, report, read back. */
  Path jobFile(String schedule) throws IOException {
    return jobFile(schedule, Overrides.NONE);
  }

  /** What a test makes wrong on purpose. */
  record Overrides(String ftpHost, String ftpPassword, String mailPassword, String hubKey) {
    static final Overrides NONE = new Overrides("127.0.0.1", "", "", "");
  }

  Path jobFile(String schedule, Overrides wrong) throws IOException {
    Path secrets = Files.createDirectories(directory.resolve("secrets"));
    Files.writeString(
        secrets.resolve("ftp"), or(wrong.ftpPassword(), sandbox.ftpLogin().password()));
    Files.writeString(
        secrets.resolve("mail"), or(wrong.mailPassword(), sandbox.mailLogin().password()));
    Files.writeString(secrets.resolve("hub"), or(wrong.hubKey(), sandbox.chunkLogin().password()));
    return Files.writeString(
        directory.resolve("waybill.yml"),
        """
        version: 1
        timezone: UTC
        secrets:
          ftp: { file: "%1$s/secrets/ftp" }
          mail: { file: "%1$s/secrets/mail" }
          hub: { file: "%1$s/secrets/hub" }
        connections:
          partner: { type: ftp, host: %8$s, port: %2$d, tls: off, user: demo, password: "${secrets.ftp}" }
          hub: { type: waybill, host: 127.0.0.1, port: %3$d, tls: off, user: demo, key: "${secrets.hub}" }
          outgoing: { type: smtp, host: 127.0.0.1, port: %4$d, tls: off, user: demo, password: "${secrets.mail}", from: robot@waybill.test }
          mailbox: { type: imap, host: 127.0.0.1, port: %5$d, tls: off, user: demo, password: "${secrets.mail}" }
        jobs:
          spine:
            %6$s
            retry: { attempts: 3, delay: 50ms, max-delay: 1s }
            steps:
              - id: pull
                copy: { from: "partner:/out/", to: "%1$s/inbox/", expect: { min-files: 1 } }
              - id: push
                copy: { from: "%1$s/inbox/", to: "hub:/", verify: digest }
              - id: report
                mail.send: { via: outgoing, to: %7$s, subject: "${steps.push.files | count} files", text: done }
              - id: read-back
                mail.fetch: { mailbox: "mailbox:INBOX", match: { message-id: "${steps.report.message-id}" }, expect: { min-messages: 1 } }
        """
            .formatted(
                directory,
                sandbox.ftpPort(),
                hubProxy.port(),
                sandbox.smtpPort(),
                sandbox.imapPort(),
                schedule,
                sandbox.mailAddress(),
                wrong.ftpHost()));
  }

  private static String or(String override, String usual) {
    return override.isEmpty() ? usual : override;
  }

  /** Starts the command line in a process of its own. */
  ForkedJvm waybill(String... arguments) {
    return ForkedJvm.running(io.waybill.jobs.cli.Main.class)
        .args(arguments)
        .environment("WAYBILL_STATE", state().path().toString())
        .start();
  }

  static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    hubProxy.close();
    sandbox.close();
  }
}
