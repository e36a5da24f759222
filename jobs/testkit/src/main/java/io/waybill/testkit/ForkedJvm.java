package io.waybill.testkit;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A main class in a child JVM with this JVM's class path, for tests that kill a process.
 *
 * <pre>{@code
 * try (ForkedJvm child = ForkedJvm.running(Server.class).args("--port", "0").start()) {
 *   String line = child.awaitLine("listening on .*", Duration.ofSeconds(20));
 *   child.kill();
 * }
 * }</pre>
 *
 * <p>Standard output and error are read as one stream of UTF-8 lines. Methods may be called from
 * any thread.
 */
public final class ForkedJvm implements AutoCloseable {
  private final Process process;
  private final String mainClass;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>();
  private boolean isAtEnd;
  private @Nullable IOException readFailure;

  private ForkedJvm(Process process, String mainClass) {
    this.process = process;
    this.mainClass = mainClass;
    this.reader = new Thread(this::readLines, "forked-jvm-" + process.pid());
    this.reader.setDaemon(true);
  }

  /** Prepares a child that runs {@code main}'s main method. */
  public static Builder running(Class<?> main) {
    return new Builder(main.getName());
  }

  /** Returns the child's process id. */
  public long pid() {
    return process.pid();
  }

  /** Tells whether the child still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits for a line that matches {@code regex} as a whole, among those already printed too, and
   * returns it.
   *
   * @throws AssertionError with everything printed, if the child ends or the time is up before
   */
  public String awaitLine(String regex, Duration timeout) throws InterruptedException {
    Pattern pattern = Pattern.compile(regex);
    long deadline = System.nanoTime() + timeout.toNanos();
    int seen = 0;
    synchronized (lines) {
      while (true) {
        for (; seen < lines.size(); seen++) {
          if (pattern.matcher(lines.get(seen)).matches()) {
            return lines.get(seen);
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (isAtEnd || left <= 0) {
          String why = isAtEnd ? "ended" : "printed nothing of the kind in " + timeout;
          throw new AssertionError(
              mainClass + " " + why + ", waiting for \"" + regex + "\". Output:\n" + output());
        }
        lines.wait(left);
      }
    }
  }

  /** Ends the child at once (SIGKILL where there are signals) and waits until it is gone. */
  public void kill() throws InterruptedException {
    // through the handle: Process.destroyForcibly would close the output that is still to be read
    process.toHandle().destroyForcibly();
    process.waitFor();
    reader.join();
  }

  /** Asks the child to end (SIGTERM where there are signals); its shutdown hooks run. */
  public void terminate() {
    process.toHandle().destroy();
  }

  /**
   * Waits for the child to end by itself and returns its exit code.
   *
   * @throws AssertionError with everything printed, if it still runs after {@code timeout}
   */
  public int awaitExit(Duration timeout) throws InterruptedException {
    if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError(
          mainClass + " still runs after " + timeout + ". Output:\n" + output());
    }
    reader.join();
    return process.exitValue();
  }

  /** Returns everything printed so far, lines ended with {@code \n}. */
  public String output() {
    synchronized (lines) {
      String failure = readFailure == null ? "" : "(output lost: " + readFailure + ")\n";
      return String.join("\n", lines) + (lines.isEmpty() ? "" : "\n") + failure;
    }
  }

  /** Ends the child at once if it still runs. */
  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void readLines() {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = out.readLine()) != null) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      synchronized (lines) {
        readFailure = e;
      }
    } finally {
      synchronized (lines) {
        isAtEnd = true;
        lines.notifyAll();
      }
    }
  }

  /** Collects what the child is started with. */
  public static final class Builder {
    private final String mainClass;
    private final List<String> jvmArgs = new ArrayList<>();
    private final List<String> args = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private @Nullable Path directory;

    private Builder(String mainClass) {
      this.mainClass = mainClass;
    }

    /** Adds options for the JVM, such as {@code -Xmx64m}. */
    public Builder jvmArgs(String... more) {
      jvmArgs.addAll(List.of(more));
      return this;
    }

    /** Adds arguments for the main method. */
    public Builder args(String... more) {
      args.addAll(List.of(more));
      return this;
    }

    /** Sets an environment variable; the others are inherited. */
    public Builder environment(String name, String value) {
      environment.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
      return this;
    }

    /** Sets the working directory; this JVM's unless set. */
    public Builder directory(Path dir) {
      directory = requireNonNull(dir, "dir");
      return this;
    }

    /**
     * Starts the child.
     *
     * @throws UncheckedIOException if the operating system cannot start it
     */
    public ForkedJvm start() {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-Dfile.encoding=UTF-8");
      // two names of one setting: JDK 17 and 18 knew the first only, 19 and later know the second
      command.add("-Dsun.stdout.encoding=UTF-8");
      command.add("-Dstdout.encoding=UTF-8");
      command.addAll(jvmArgs);
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
      command.addAll(args);
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      if (directory != null) {
        builder.directory(directory.toFile());
      }
      try {
        ForkedJvm child = new ForkedJvm(builder.start(), mainClass);
        child.reader.start();
        return child;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
