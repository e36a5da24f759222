package io.waybill.jobs.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program, what it has started, and what these have. Who has lost its parent is nobody's child
 * any more, so that all of them carry a variable by which Linux still finds them, also after this
 * process was killed; elsewhere they are found as long as their parents live.
 */
final class ProcessTree {
  /** The variable. */
  static final String VARIABLE = "WAYBILL_EXEC";

  private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
  private static final Path PROCESSES = Path.of("/proc");
  private static final Duration LONGEST_DYING = Duration.ofSeconds(5);
  private static final long LOOK_MILLIS = 20;

  private final String mark;
  private final Optional<ProcessHandle> root;

  private ProcessTree(String mark, Optional<ProcessHandle> root) {
    this.mark = VARIABLE + "=" + mark;
    this.root = root;
  }

  /** Returns what has been started with a value of the variable. */
  static ProcessTree marked(String mark) {
    return new ProcessTree(mark, Optional.empty());
  }

  /** Returns what a process is, and has started with a value of the variable. */
  static ProcessTree of(ProcessHandle root, String mark) {
    return new ProcessTree(mark, Optional.of(root));
  }

  /** Returns those that live. */
  Set<ProcessHandle> alive() {
    Set<ProcessHandle> alive = new LinkedHashSet<>();
    root.ifPresent(
        process -> {
          process.descendants().forEach(alive::add);
          alive.add(process);
        });
    if (Files.isDirectory(PROCESSES)) {
      addMarked(alive);
    }
    alive.remove(ProcessHandle.current());
    alive.removeIf(process -> !process.isAlive());
    return alive;
  }

  private void addMarked(Set<ProcessHandle> found) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path each : all) {
        if (isMarked(each)) {
          ProcessHandle.of(Long.parseLong(each.getFileName().toString())).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      LOG.warn("event=processes-not-listed error={}", e.toString());
    }
  }

  private boolean isMarked(Path process) {
    try {
      byte[] variables = Files.readAllBytes(process.resolve("environ"));
      return ("\0" + new String(variables, StandardCharsets.ISO_8859_1))
          .contains("\0" + mark + "\0");
    } catch (IOException e) {
      return false; // it has ended meanwhile, or is somebody else's
    }
  }

  /**
   * Ends all of them: they are asked to, and killed after the grace. Goes on to its end if this
   * thread is interrupted.
   *
   * @return how many there were
   */
  int end(Duration grace) {
    Set<ProcessHandle> victims = alive();
    int count = victims.size();
    if (count == 0) {
      return 0;
    }
    // the program first: who only waits for its children would take their end for theirs
    root.filter(victims::contains).ifPresent(ProcessHandle::destroy);
    victims.forEach(ProcessHandle::destroy);
    boolean wasInterrupted = Thread.interrupted();
    wasInterrupted |= waitWhileAny(victims, grace, false);
    wasInterrupted |= waitWhileAny(victims, LONGEST_DYING, true);
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
    victims.removeIf(process -> !lives(process));
    if (!victims.isEmpty()) {
      LOG.warn(
          "event=processes-not-ended pids={} reason=\"not this user's, or stuck in the system\"",
          victims.stream().map(each -> Long.toString(each.pid())).collect(Collectors.joining(",")));
    }
    return count;
  }

  // Whoever was just being started is found at the next look; who was found once is not forgotten
  // when its parent dies.
  private boolean waitWhileAny(Set<ProcessHandle> victims, Duration longest, boolean kills) {
    boolean wasInterrupted = false;
    long end = System.nanoTime() + longest.toNanos();
    while (true) {
      victims.addAll(alive());
      List<ProcessHandle> living = victims.stream().filter(ProcessTree::lives).toList();
      if (living.isEmpty() || System.nanoTime() - end >= 0) {
        return wasInterrupted;
      }
      if (kills) {
        living.forEach(ProcessHandle::destroyForcibly);
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        wasInterrupted = true;
      }
    }
  }

  // A dead one whom nobody has buried counts as alive to Java, and as nothing to us.
  private static boolean lives(ProcessHandle process) {
    if (!process.isAlive()) {
      return false;
    }
    try {
      String stat =
          Files.readString(PROCESSES.resolve(process.pid() + "/stat"), StandardCharsets.ISO_8859_1);
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return process.isAlive();
    }
  }
}
