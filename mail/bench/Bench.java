import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A sender of mail, warm: reads commands from standard input, and answers each with a line "SECONDS
 * CPU-SECONDS PEAK-KIB" (CPU and largest resident size of this process), or "failed" and why. The
 * script run talks to it; send.py speaks the same.
 *
 * <pre>
 * Bench LOAD DIRECTORY                        Direct, Queued, Bare or Simple; what it stores goes
 *                                             into the directory
 *   open HOST PORT CONNECTIONS [ATTACHMENT]   the rest of the line is a path
 *   send COUNT                                over all of the connections
 *   close
 * </pre>
 */
final class Bench {
  static final String FROM = "bench@bench.test";
  static final String TO = "somebody@bench.test";

  /** 4 KiB on the wire. */
  static final String TEXT =
      "Sixty-two characters and a line end make 64 bytes on any wire.\r\n".repeat(64);

  public static void main(String[] args) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err); // whatever a library prints is no answer
    Load load =
        (Load)
            Class.forName(args[0]).getDeclaredConstructor(Path.class).newInstance(Path.of(args[1]));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      try {
        double cpu = cpu();
        long begun = System.nanoTime();
        run(load, line);
        double seconds = (System.nanoTime() - begun) / 1e9;
        answers.printf("%.4f %.3f %d%n", seconds, cpu() - cpu, peakKib());
      } catch (Exception e) {
        e.printStackTrace();
        answers.println("failed " + e.toString().lines().findFirst().orElse(""));
      }
      answers.flush();
    }
    load.close();
  }

  private static void run(Load load, String line) throws Exception {
    String[] words = line.split(" ", 5);
    switch (words[0]) {
      case "open" ->
          load.open(
              new Target(
                  words[1],
                  Integer.parseInt(words[2]),
                  Integer.parseInt(words[3]),
                  words.length > 4 ? Path.of(words[4]) : null));
      case "send" -> load.send(Integer.parseInt(words[1]));
      default -> load.close();
    }
  }

  private static double cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static long peakKib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return 0;
  }

  /**
   * Where to send, over how many connections, and what.
   *
   * @param attachment null for the text alone
   */
  record Target(String host, int port, int connections, Path attachment) {}

  /** One way to send. Messages are composed anew each time, with a subject of their own. */
  interface Load extends AutoCloseable {
    /** Connects; what is connected only when needed is, by the first messages. */
    void open(Target target) throws Exception;

    /** Returns when the server has all of them; fails if it refused one. */
    void send(int count) throws Exception;

    /** Lets go of the connections; may be opened again. */
    @Override
    void close() throws Exception;
  }

  interface Work {
    void send(int thread) throws Exception;
  }

  /** Works off a number of messages, each thread the next one as soon as it is free. */
  static void inThreads(int threads, int count, Work work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      AtomicInteger taken = new AtomicInteger();
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        ends.add(
            pool.submit(
                () -> {
                  while (taken.getAndIncrement() < count) {
                    work.send(thread);
                  }
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
