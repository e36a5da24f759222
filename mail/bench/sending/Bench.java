import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A sender of mail, warm, as {@link Talk} says. The script run talks to it; send.py speaks the same.
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
    Load load =
        (Load)
            Class.forName(args[0]).getDeclaredConstructor(Path.class).newInstance(Path.of(args[1]));
    Talk.with(line -> run(load, line));
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
