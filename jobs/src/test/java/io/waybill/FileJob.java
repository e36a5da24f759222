package io.waybill;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A job file of steps about files, run as {@code waybill run} does it: {@code partner:} is an FTP
 * server whose files are in {@code partner/}, {@code hub:} a waybill server with {@code hub/}, and
 * {@code DIR} in the steps is the directory of both.
 */
final class FileJob implements AutoCloseable {
  final Path directory;
  private final Sandbox sandbox;

  FileJob(Path directory) throws IOException {
    this.directory = directory;
    sandbox = Sandbox.start(directory.resolve("partner"), directory.resolve("hub"));
  }

  /** What a run has left in its record, and what it ended with. */
  record Ran(int code, Map<String, Object> record, String err) {
    /** Returns what a step has left behind. */
    Map<String, Object> outputs(String step) {
      return Plain.maps(record, "steps").stream()
          .filter(each -> step.equals(each.get("id")))
          .map(each -> Plain.map(each, "outputs"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no step " + step + " in " + record));
    }

    List<String> names(String step) {
      return Plain.maps(outputs(step), "files").stream()
          .map(each -> Plain.text(each, "name"))
          .toList();
    }

    String message() {
      return String.valueOf(record.get("message"));
    }
  }

  /** Writes a file below the directory, and the directories above it. */
  Path write(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  Path at(String name) {
    return directory.resolve(name);
  }

  /** Returns the files below a directory by their names there, sorted. */
  List<String> filesIn(String name) throws IOException {
    Path root = directory.resolve(name);
    try (var walk = Files.walk(root)) {
      return walk.filter(Files::isRegularFile)
          .map(each -> root.relativize(each).toString())
          .sorted()
          .toList();
    }
  }

  /** Writes a job file with these steps, each a line of YAML. */
  Path jobFile(String... steps) throws IOException {
    Files.writeString(directory.resolve("ftp.secret"), sandbox.ftpLogin().password());
    Files.writeString(directory.resolve("hub.secret"), sandbox.chunkLogin().password());
    StringBuilder text =
        new StringBuilder(
            """
            version: 1
            timezone: UTC
            secrets:
              ftp: { file: ftp.secret }
              hub: { file: hub.secret }
            vars: { up: ".." }
            connections:
              partner: { type: ftp, host: 127.0.0.1, port: %d, tls: off, user: demo, password: "${secrets.ftp}" }
              hub: { type: waybill, host: 127.0.0.1, port: %d, tls: off, user: demo, key: "${secrets.hub}" }
            jobs:
              files:
                retry: { attempts: 1 }
                steps:
            """
                .formatted(sandbox.ftpPort(), sandbox.chunkPort()));
    for (String each : steps) {
      text.append("      - ").append(each.replace("DIR", directory.toString())).append('\n');
    }
    return Files.writeString(directory.resolve("waybill.yml"), text);
  }

  Ran run(String... steps) throws IOException {
    CommandLineRun run = commandLine("run", "files", "-c", jobFile(steps).toString(), "-o", "json");
    return new Ran(run.code(), Json.readObject(run.out()), run.err());
  }

  /** Runs the steps for somebody who reads what is printed. */
  CommandLineRun runToRead(String... steps) throws IOException {
    return commandLine("run", "files", "-c", jobFile(steps).toString());
  }

  /** Returns what {@code waybill validate} says of a file with these steps. */
  CommandLineRun validate(String... steps) throws IOException {
    return commandLine("validate", "-c", jobFile(steps).toString());
  }

  private CommandLineRun commandLine(String... line) {
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
    sandbox.close();
  }
}
