import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes down every 100 ms how many bytes went over the device wan0: "MILLISECONDS BYTES". */
final class LinkWatch implements AutoCloseable {
  private static final Path DEVICES = Path.of("/proc/self/net/dev");

  private final Thread thread;

  private LinkWatch(Thread thread) {
    this.thread = thread;
  }

  static LinkWatch start(boolean isUpload, Path series) throws IOException {
    PrintWriter out = new PrintWriter(Files.newBufferedWriter(series));
    long begun = System.nanoTime();
    long before = bytes(isUpload);
    Thread thread =
        new Thread(
            () -> {
              try (out) {
                while (true) {
                  long millis = (System.nanoTime() - begun) / 1_000_000;
                  out.println(millis + " " + (bytes(isUpload) - before));
                  Thread.sleep(100);
                }
              } catch (InterruptedException e) {
                return;
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    return new LinkWatch(thread);
  }

  // device, then 8 numbers of what was received, then 8 of what was sent
  private static long bytes(boolean isSent) throws IOException {
    for (String line : Files.readAllLines(DEVICES)) {
      String[] words = line.strip().split("[:\\s]+");
      if (words[0].equals("wan0")) {
        return Long.parseLong(words[isSent ? 9 : 1]);
      }
    }
    throw new IOException("there is no device wan0");
  }

  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join();
  }
}
