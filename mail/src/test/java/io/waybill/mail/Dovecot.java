package io.waybill.mail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Stops and starts a Dovecot, and asks its own tool, past every protocol. */
public final class Dovecot {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path directory;

  Dovecot(Path directory) {
    this.directory = directory;
  }

  /** Stops the server, with all sessions, and returns when it has ended. */
  public void stop() {
    String unused = doveadm("stop");
    await().atMost(PATIENCE).until(() -> !Files.exists(directory.resolve("run/master.pid")));
  }

  /** Starts the server. */
  public void start() {
    // who was served when it was stopped may have its ports for a while
    await().atMost(PATIENCE).ignoreExceptions().until(this::hasStarted);
  }

  private boolean hasStarted() {
    // not through a pipe: what goes on in the background would keep it open
    ProcessBuilder server = command("dovecot").redirectOutput(ProcessBuilder.Redirect.DISCARD);
    String unused = run(server, "");
    return true;
  }

  /** Has it accept connections and say nothing, until it is thawed. */
  public void freeze() {
    signal("STOP", master());
  }

  /** Has it go on after it was frozen. */
  public void thaw() {
    signal("CONT", master());
  }

  private String master() {
    try {
      return Files.readString(directory.resolve("run/master.pid")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void signal(String name, String process) {
    String unused = run(new ProcessBuilder("kill", "-" + name, process), "");
  }

  /** Returns what the tool prints. */
  String doveadm(String... words) {
    return doveadmReading("", words);
  }

  /** Returns what the tool prints, given something to read. */
  String doveadmReading(String input, String... words) {
    ProcessBuilder tool = command("doveadm");
    tool.command().addAll(List.of(words));
    return run(tool, input);
  }

  private ProcessBuilder command(String name) {
    String configuration = directory.resolve("dovecot.conf").toString();
    return new ProcessBuilder(new ArrayList<>(List.of(name, "-c", configuration)))
        .redirectErrorStream(true);
  }

  private static String run(ProcessBuilder command, String input) {
    try {
      Process process = command.start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(UTF_8));
      }
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(command.command() + " failed: " + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
