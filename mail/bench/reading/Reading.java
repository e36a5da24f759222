import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A reader of mailboxes, warm, as {@link Talk} says. The script run talks to it; read.py speaks the
 * same.
 *
 * <pre>
 * Reading LOAD DIRECTORY          Ours, Lazy or Batched; what it stores goes into the directory
 *   open HOST PORT
 *   list FOLDER COUNT             subject, sender, date and size of the first so many messages
 *   fetch FOLDER COUNT            all bytes of them
 *   parse FOLDER COUNT            all bytes, taken apart, and the texts decoded
 *   poll FOLDER COUNT             the same by a poll with a ledger of its own on disk
 *   now FOLDER                    the first poll of a folder, which handles what comes from now on
 *   files FOLDER COUNT DIR        a file each
 *   attachment FOLDER BYTES DIR   what is attached to the only message, as a file
 *   close
 * </pre>
 */
final class Reading {
  static final String USER = "bench";
  static final String PASSWORD = "secret";

  public static void main(String[] args) throws Exception {
    Load load =
        (Load)
            Class.forName(args[0]).getDeclaredConstructor(Path.class).newInstance(Path.of(args[1]));
    Talk.with(line -> run(load, line.split(" ")));
    load.close();
  }

  private static void run(Load load, String[] words) throws Exception {
    switch (words[0]) {
      case "open" -> load.open(words[1], Integer.parseInt(words[2]));
      case "list" -> expect(number(words[2]), load.list(words[1], number(words[2])));
      case "fetch" -> expect(number(words[2]), load.fetch(words[1], number(words[2])));
      case "parse" -> expect(number(words[2]), load.parse(words[1], number(words[2])));
      case "poll" -> expect(number(words[2]), load.poll(words[1]));
      case "now" -> expect(0, load.now(words[1]));
      case "files" -> {
        load.files(words[1], number(words[2]), Path.of(words[3]));
        try (var files = Files.list(Path.of(words[3]))) {
          expect(number(words[2]), (int) files.count());
        }
      }
      case "attachment" -> {
        Path file = load.attachment(words[1], Path.of(words[3]));
        expect(number(words[2]), (int) Files.size(file));
        Files.delete(file);
      }
      default -> load.close();
    }
  }

  private static int number(String word) {
    return Integer.parseInt(word);
  }

  private static void expect(int wanted, int got) throws IOException {
    if (wanted != got) {
      throw new IOException(got + " in place of " + wanted);
    }
  }

  /** One way to read. Each returns how many messages there were of which all has come. */
  interface Load extends AutoCloseable {
    void open(String host, int port) throws Exception;

    int list(String folder, int count) throws Exception;

    int fetch(String folder, int count) throws Exception;

    int parse(String folder, int count) throws Exception;

    Path attachment(String folder, Path directory) throws Exception;

    default int poll(String folder) throws Exception {
      throw new UnsupportedOperationException("poll");
    }

    default int now(String folder) throws Exception {
      throw new UnsupportedOperationException("now");
    }

    default void files(String folder, int count, Path directory) throws Exception {
      throw new UnsupportedOperationException("files");
    }

    @Override
    void close() throws Exception;
  }
}
