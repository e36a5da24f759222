import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Runs firings that are due; told by a script what to do (see Talk).
 *
 * <pre>
 * Runs KIND DIRECTORY PORT     KIND is the class of a Load; stores are made in the directory, or at the port
 *   fill STORE COUNT           STORE is ram, h2 or postgres
 *   fire
 *   close
 * </pre>
 */
final class Runs {
  private final String kind;
  private final Path directory;
  private final int port;
  private @Nullable Load load;

  private Runs(String kind, Path directory, int port) {
    this.kind = kind;
    this.directory = directory;
    this.port = port;
  }

  public static void main(String[] args) throws IOException {
    Talk.with(new Runs(args[0], Path.of(args[1]), Integer.parseInt(args[2]))::run);
  }

  private void run(String line) throws Exception {
    String[] words = line.split(" ");
    switch (words[0]) {
      case "fill" -> {
        load =
            (Load)
                Class.forName(kind)
                    .getDeclaredConstructor(Load.Place.class)
                    .newInstance(new Load.Place(words[1], directory, port));
        load.fill(Integer.parseInt(words[2]));
      }
      case "fire" -> load.fire();
      case "close" -> load.close();
      default -> throw new IllegalArgumentException(line);
    }
  }
}
