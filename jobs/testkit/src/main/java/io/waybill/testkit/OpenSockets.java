package io.waybill.testkit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The TCP sockets that this process holds, as Linux tells in {@code /proc} (proc(5)); nothing where
 * there is no {@code /proc}.
 *
 * <p>Only sockets in the TCP tables count: the JDK itself keeps a Unix socket pair for closing
 * others, which is no leak.
 */
final class OpenSockets {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));

  private OpenSockets() {}

  /** Returns {@code inode -> "local -> remote"} of every TCP socket of this process. */
  static Map<String, String> now() throws IOException {
    Map<String, String> mine = new TreeMap<>();
    if (!Files.isDirectory(DESCRIPTORS)) {
      return mine;
    }
    Map<String, String> everyone = new TreeMap<>();
    for (Path table : TABLES) {
      if (Files.exists(table)) {
        readTable(table, everyone);
      }
    }
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        String inode = socketInode(descriptor);
        String ends = everyone.get(inode);
        if (ends != null) {
          mine.put(inode, ends);
        }
      }
    }
    return mine;
  }

  private static void readTable(Path table, Map<String, String> into) throws IOException {
    // columns: sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode
    for (String line : Files.readAllLines(table)) {
      String[] columns = line.strip().split("\\s+", 11);
      if (columns.length > 9 && columns[0].endsWith(":")) {
        into.put(columns[9], port(columns[1]) + " -> " + port(columns[2]));
      }
    }
  }

  private static String port(String hexAddress) {
    return "port " + Integer.parseInt(hexAddress.substring(hexAddress.lastIndexOf(':') + 1), 16);
  }

  private static String socketInode(Path descriptor) throws IOException {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("socket:[") ? target.substring(8, target.length() - 1) : "";
    } catch (NoSuchFileException closedMeanwhile) {
      return "";
    }
  }
}
