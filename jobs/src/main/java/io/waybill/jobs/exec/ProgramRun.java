package io.waybill.jobs.exec;

import io.waybill.jobs.JobException;
import io.waybill.jobs.log.SecretMask;
import io.waybill.scheduler.FailureClass;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a program to its end, and what it has started with it. */
public final class ProgramRun {
  private static final Logger LOG = LoggerFactory.getLogger(ProgramRun.class);
  // what a last child still has to write once the program has ended
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final Program program;
  private final String mark;
  private final long mostBytes;
  private final Duration grace;

  /**
   * Prepares.
   *
   * @param mark by which its processes are found again
   * @param mostBytes how much is kept of each of its streams
   * @param grace between the request to end and the kill
   */
  public ProgramRun(Program program, String mark, long mostBytes, Duration grace) {
    this.program = program;
    this.mark = mark;
    this.mostBytes = mostBytes;
    this.grace = grace;
  }

  /**
   * Runs it. Nothing that it has started lives when this returns or throws.
   *
   * @param own the variables of this process
   * @throws InterruptedException if this thread was interrupted; the program was ended then
   * @throws JobException.NotFound if there is no such program, directory or input
   * @throws JobException.Configuration if it cannot be started
   */
  public ProgramEnd run(Map<String, String> own) throws InterruptedException {
    int left = ProcessTree.marked(mark).end(grace);
    if (left > 0) {
      LOG.warn("event=earlier-attempt-ended processes={}", left);
    }
    byte[] input = input();
    long begun = System.nanoTime();
    Process process = start(own);
    ProcessTree tree = ProcessTree.of(process.toHandle(), mark);
    try {
      OutputReader out = reader("stdout", process.getInputStream());
      OutputReader err = reader("stderr", process.getErrorStream());
      feed(process.getOutputStream(), input);
      int code = process.waitFor();
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      awaitBoth(out, err);
      endRest(tree);
      // whoever is not found any more may keep a stream open for ever
      awaitBoth(out, err);
      return new ProgramEnd(code, out.captured(), err.captured(), took);
    } catch (InterruptedException | RuntimeException | Error e) {
      LOG.info("event=program-ended processes={}", tree.end(grace));
      throw e;
    }
  }

  private static void awaitBoth(OutputReader out, OutputReader err) throws InterruptedException {
    long end = System.nanoTime() + LINGER.toNanos();
    out.await((end - System.nanoTime()) / 1_000_000);
    err.await((end - System.nanoTime()) / 1_000_000);
  }

  private void endRest(ProcessTree tree) {
    int rest = tree.end(grace);
    if (rest > 0) {
      LOG.warn(
          "event=left-running-ended processes={} reason=\"a step ends with all that it has started\"",
          rest);
    }
  }

  private OutputReader reader(String name, InputStream stream) {
    return OutputReader.start(name, stream, mostBytes, SecretMask.ofThisProcess());
  }

  private Process start(Map<String, String> own) {
    if (!Files.isDirectory(program.directory())) {
      throw new JobException.NotFound(
          "there is no directory %s to run %s in; correct \"directory\""
              .formatted(program.directory(), program.name()));
    }
    Path file =
        ProgramFile.find(program.name(), program.directory(), program.environment().path(own));
    List<String> command = new ArrayList<>(program.command());
    command.set(0, file.toString());
    ProcessBuilder builder = new ProcessBuilder(command).directory(program.directory().toFile());
    builder.environment().clear();
    try {
      builder.environment().putAll(program.environment().variables(own));
      builder.environment().put(ProcessTree.VARIABLE, mark);
      if (program.input() instanceof ProgramInput.FromFile input) {
        if (!Files.isReadable(input.file())) {
          throw new JobException.NotFound(
              "%s cannot be read as the input of %s; correct \"stdin-file\""
                  .formatted(input.file(), program.name()));
        }
        builder.redirectInput(input.file().toFile());
      }
      return builder.start();
    } catch (IOException e) {
      throw notStarted(file, e);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration(
          "%s cannot be given a variable with the character U+0000".formatted(program.name()), e);
    }
  }

  private JobException notStarted(Path file, IOException e) {
    String why = String.valueOf(e.getMessage()).replaceFirst("(?s).*error=", "error ");
    boolean isShortage = why.startsWith("error 11,") || why.startsWith("error 12,");
    String what = "%s cannot be started: %s; ".formatted(file, why);
    return isShortage
        ? new JobException.Unsuccessful(
            FailureClass.TRANSIENT, what + "the system has no room for one more process", e)
        : new JobException.Configuration(
            what
                + "is it for this system, is what its first line names installed, and are its arguments not too many?",
            e);
  }

  private byte[] input() {
    String text =
        program.input() instanceof ProgramInput.Text given
            ? given.text()
            : program.input() instanceof ProgramInput.Secretly secretly
                ? secretly.secret().get()
                : "";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void feed(OutputStream stream, byte[] input) {
    Thread feeder =
        new Thread(
            () -> {
              try (stream) {
                stream.write(input);
              } catch (IOException e) {
                // it need not read what it is given
                LOG.debug("event=input-not-read program={}", program.name(), e);
              }
            },
            "exec-stdin");
    feeder.setDaemon(true);
    feeder.start();
  }
}
