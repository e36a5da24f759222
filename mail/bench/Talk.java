import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process that stays warm and is told by a script what to do: it reads commands from standard
 * input, and answers each with a line "SECONDS CPU-SECONDS PEAK-KIB" (CPU and largest resident size
 * of this process), or "failed" and why.
 */
final class Talk {
  private Talk() {}

  /** What can be asked. */
  @FunctionalInterface
  interface Commands {
    void run(String line) throws Exception;
  }

  /** Answers until nothing is asked any more. */
  static void with(Commands commands) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err); // whatever a library prints is no answer
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      try {
        double cpu = cpu();
        long begun = System.nanoTime();
        commands.run(line);
        double seconds = (System.nanoTime() - begun) / 1e9;
        answers.printf("%.4f %.3f %d%n", seconds, cpu() - cpu, peakKib());
      } catch (Exception e) {
        e.printStackTrace();
        answers.println("failed " + e.toString().lines().findFirst().orElse(""));
      }
      answers.flush();
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
}
