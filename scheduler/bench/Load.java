import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** One scheduler with firings that are all due: what is measured is from its start to the last of them. */
interface Load extends AutoCloseable {
  int THREADS = 8;
  int CONNECTIONS = 12;

  /** Stores firings, each of a job of its own, and returns once they are due; none fires yet. */
  void fill(int count) throws Exception;

  /** Starts, and returns when all of them are handled. */
  void fire() throws Exception;

  /** Where firings are stored, always empty at first: in memory, in a file, or on a server. */
  record Place(String kind, Path directory, int port) {
    /** The server's database, with nothing in it. */
    String emptyPostgres() throws SQLException {
      String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
      try (Connection connection = DriverManager.getConnection(url, "postgres", "bench");
          Statement statement = connection.createStatement()) {
        statement.execute("drop schema if exists public cascade");
        statement.execute("create schema public");
      }
      return url;
    }

    /** A file that no one has used. */
    Path emptyFile() throws java.io.IOException {
      return Files.createTempDirectory(directory, "store").resolve("store");
    }
  }
}
