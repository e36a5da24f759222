package io.waybill.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that fails a test which leaves something behind: live non-daemon threads, open
 * TCP sockets (where {@code /proc} tells), part files under a directory.
 *
 * <pre>{@code
 * @TempDir Path target;
 * @RegisterExtension final Leaks leaks = Leaks.watching(() -> target);
 * }</pre>
 *
 * <p>What was there before the test (a server of {@code @BeforeAll}, say) is not counted. Things
 * that are on their way out get a few seconds. Tests that run in parallel in one JVM would be
 * blamed for one another: do not use it there.
 */
public final class Leaks implements BeforeEachCallback, AfterEachCallback {
  /** The ending of Waybill's part files. */
  public static final String PART_SUFFIX = ".wbpart";

  private static final Duration GRACE = Duration.ofSeconds(5);

  private final List<Supplier<Path>> directories;
  private final Duration grace;
  private Set<Thread> threadsBefore = Set.of();
  private Map<String, String> socketsBefore = Map.of();

  private Leaks(List<Supplier<Path>> directories, Duration grace) {
    this.directories = directories;
    this.grace = grace;
  }

  /**
   * Makes the extension for threads and sockets only; {@code @ExtendWith(Leaks.class)} does too.
   */
  public Leaks() {
    this(List.of(), GRACE);
  }

  /** Watches for part files ({@value #PART_SUFFIX}) under a directory too, asked for at the end. */
  public static Leaks watching(Supplier<Path> directory) {
    return new Leaks(List.of(requireNonNull(directory, "directory")), GRACE);
  }

  /** Returns this watch with another time for things that are on their way out. */
  public Leaks within(Duration other) {
    return new Leaks(directories, requireNonNull(other, "other"));
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    threadsBefore = nonDaemonThreads();
    socketsBefore = OpenSockets.now();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + grace.toNanos();
    List<String> left = leftBehind();
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(20);
      left = leftBehind();
    }
    if (!left.isEmpty()) {
      throw new AssertionError("the test left behind:\n  " + String.join("\n  ", left));
    }
  }

  private List<String> leftBehind() throws IOException {
    List<String> left = new ArrayList<>();
    Set<Thread> threads = nonDaemonThreads();
    threads.removeAll(threadsBefore);
    threads.forEach(thread -> left.add("thread " + thread.getName() + " " + top(thread)));
    Map<String, String> sockets = new TreeMap<>(OpenSockets.now());
    sockets.keySet().removeAll(socketsBefore.keySet());
    sockets.values().forEach(ends -> left.add("socket " + ends));
    for (Supplier<Path> directory : directories) {
      partFiles(directory.get()).forEach(file -> left.add("part file " + file));
    }
    return left;
  }

  private static Set<Thread> nonDaemonThreads() {
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    // JUnit's own (the watcher of @Timeout, started with the first such test) live with the JVM
    threads.removeIf(
        thread ->
            thread.isDaemon()
                || !thread.isAlive()
                || thread.getName().startsWith("junit-")
                || isMinaWorker(thread));
    return threads;
  }

  // Apache FtpServer's executor tells as many workers to end as it has when it is stopped; one that
  // is made a moment later, for a session that ends just then, waits for ever. A server that was
  // not stopped shows by its sockets and its other threads.
  private static boolean isMinaWorker(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().startsWith("org.apache.mina.filter.executor."));
  }

  private static String top(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length == 0 ? "" : "at " + stack[0];
  }

  private static List<Path> partFiles(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      return tree.filter(file -> file.getFileName().toString().endsWith(PART_SUFFIX)).toList();
    }
  }
}
