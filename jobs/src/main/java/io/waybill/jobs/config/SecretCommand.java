package io.waybill.jobs.config;

import io.waybill.jobs.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs the program that prints a secret. */
final class SecretCommand {
  private final String name;
  private final List<String> command;
  private final Duration timeout;

  SecretCommand(String name, List<String> command, Duration timeout) {
    this.name = name;
    this.command = List.copyOf(command);
    this.timeout = timeout;
  }

  /** Names the program without its arguments. */
  String description() {
    return "command " + command.get(0);
  }

  /**
   * Runs the program and returns what it printed, one byte more than a secret can have at most.
   *
   * @throws JobException.Configuration if it cannot be started, fails, or takes too long
   * @throws JobException.Cancelled if this thread was interrupted
   */
  byte[] run() {
    Process process = start();
    try (InputStream out = process.getInputStream()) {
      process.getOutputStream().close();
      CompletableFuture<byte[]> printed = readAside(out);
      byte[] bytes = printed.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (bytes.length <= SecretSources.MOST_BYTES
          && !process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TimeoutException();
      }
      if (!process.isAlive() && process.exitValue() != 0) {
        throw failure(
            "ended with exit code "
                + process.exitValue()
                + "; run it by hand, as the user that runs waybill, to see why",
            null);
      }
      return bytes;
    } catch (TimeoutException e) {
      throw failure("took longer than " + timeout.toMillis() + " ms; it must not ask anybody", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobException.Cancelled("cancelled while " + description() + " was running");
    } catch (IOException | ExecutionException e) {
      throw failure("could not be read from", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Process start() {
    try {
      // What it says to people goes nowhere: it may well repeat the secret.
      return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw failure("cannot be started; is it installed and on the PATH?", e);
    }
  }

  // The read has a thread of its own, because only killing the program ends it.
  private CompletableFuture<byte[]> readAside(InputStream out) {
    CompletableFuture<byte[]> printed = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                printed.complete(out.readNBytes(SecretSources.MOST_BYTES + 1));
              } catch (IOException e) {
                printed.completeExceptionally(e);
              }
            },
            "secret-" + name);
    reader.setDaemon(true);
    reader.start();
    return printed;
  }

  private JobException.Configuration failure(String why, @Nullable Throwable cause) {
    return SecretSources.failure(name, description(), why, cause);
  }
}
