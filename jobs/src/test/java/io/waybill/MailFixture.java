package io.waybill;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.testkit.ScriptedSmtpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A mail server that does what a test says, and job files with steps that send through it. */
final class MailFixture implements AutoCloseable {
  final Path directory;
  final ScriptedSmtpServer server = ScriptedSmtpServer.start();

  MailFixture(Path directory) {
    this.directory = directory;
  }

  /** Writes a file below the job file's directory. */
  Path write(String name, String text) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a connection to the server, by the name {@code outgoing}. */
  String outgoing(String more) {
    return "outgoing: { type: smtp, host: 127.0.0.1, port: %d, from: robot@acme.example%s }"
        .formatted(server.port(), more);
  }

  /**
   * Writes a job file.
   *
   * @param secrets by name, in their file's own words
   * @param steps of the job {@code job}, one a line
   */
  Path jobFile(String secrets, List<String> connections, List<String> steps) {
    return write(
        "waybill.yml",
        """
        version: 1
        timezone: UTC
        secrets: { %s }
        connections:
          %s
        jobs:
          job:
            retry: { attempts: 1 }
            steps:
              %s
        """
            .formatted(secrets, String.join("\n  ", connections), String.join("\n      ", steps)));
  }

  Configuration configuration() {
    return JobFiles.load(List.of(directory.resolve("waybill.yml")), Map.of());
  }

  StateDirectory state() {
    return StateDirectory.at(directory.resolve("state"));
  }

  Waybill open(Clock clock) {
    return Waybill.builder(configuration()).state(state()).clock(clock).open();
  }

  Waybill open() {
    return open(Clock.systemUTC());
  }

  static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }

  @Override
  public void close() {
    server.close();
  }
}
