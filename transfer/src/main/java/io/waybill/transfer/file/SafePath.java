package io.waybill.transfer.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds the place of an untrusted relative path below a trusted root, one component at a time and
 * never through a link: the opened parent directory and the last name in it.
 *
 * <p>Refused are absolute and empty paths, empty, {@code .} and {@code ..} segments, backslashes,
 * colons (drive letters, alternate streams), control characters, unpaired surrogates, segments
 * above 255 bytes or ending in a dot or blank, the device names of Windows, and the names of our
 * own part files. They are refused on every system, so that a tree made on one can be had on
 * another.
 */
public final class SafePath implements Closeable {
  private static final int SEGMENT_BYTES = 255;
  private static final int PATH_BYTES = 4096;
  private static final Pattern DEVICE =
      Pattern.compile(
          "(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(\\..*)?", Pattern.CASE_INSENSITIVE);

  private final DirectoryHandle directory;
  private final String name;

  private SafePath(DirectoryHandle directory, String name) {
    this.directory = directory;
    this.name = name;
  }

  /**
   * Opens the parent of an untrusted path.
   *
   * @throws UnsafePathException if the path is refused
   * @throws NoSuchFileException if a parent does not exist
   * @throws IOException if a parent is a link or no directory
   */
  public static SafePath open(Path root, String relative) throws IOException {
    return open(root, relative, false);
  }

  /** Opens the parent of an untrusted path as {@link #open} does, making missing directories. */
  public static SafePath openMakingParents(Path root, String relative) throws IOException {
    return open(root, relative, true);
  }

  private static SafePath open(Path root, String relative, boolean make) throws IOException {
    List<String> segments = segments(relative);
    int last = segments.size() - 1;
    return new SafePath(walk(root, segments.subList(0, last), make), segments.get(last));
  }

  /**
   * Opens an untrusted path that names a directory; empty names the root.
   *
   * @throws UnsafePathException if the path is refused
   */
  public static DirectoryHandle openDirectory(Path root, String relative) throws IOException {
    return walk(root, relative.isEmpty() ? List.of() : segments(relative), false);
  }

  private static DirectoryHandle walk(Path root, List<String> segments, boolean make)
      throws IOException {
    DirectoryHandle at = DirectoryHandle.open(root);
    for (String segment : segments) {
      try (DirectoryHandle parent = at) {
        at = make ? parent.childOrMake(segment) : parent.child(segment);
      }
    }
    return at;
  }

  /**
   * Checks an untrusted path and cuts it.
   *
   * @throws UnsafePathException if it is refused
   */
  public static List<String> segments(String relative) throws UnsafePathException {
    if (relative.isEmpty()) {
      throw new UnsafePathException(relative, "it is empty");
    }
    if (relative.startsWith("/")) {
      throw new UnsafePathException(relative, "it is absolute");
    }
    if (relative.getBytes(StandardCharsets.UTF_8).length > PATH_BYTES) {
      throw new UnsafePathException(relative.substring(0, 50) + "...", "it is too long");
    }
    List<String> segments = List.of(relative.split("/", -1));
    if (segments.size() > TreeWalker.MAX_DEPTH) {
      throw new UnsafePathException(
          relative.substring(0, 50) + "...", "it has more than 256 segments");
    }
    for (String segment : segments) {
      check(relative, segment);
    }
    return segments;
  }

  private static void check(String path, String segment) throws UnsafePathException {
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      throw new UnsafePathException(path, "empty, '.' and '..' segments are not allowed");
    }
    if (segment.indexOf('\\') >= 0 || segment.indexOf(':') >= 0) {
      throw new UnsafePathException(path, "backslashes and colons are not allowed");
    }
    if (segment.codePoints().anyMatch(each -> each < 0x20 || (each >= 0x7F && each < 0xA0))) {
      throw new UnsafePathException(path, "control characters are not allowed");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(segment)) {
      throw new UnsafePathException("?", "it is not Unicode");
    }
    if (segment.getBytes(StandardCharsets.UTF_8).length > SEGMENT_BYTES) {
      throw new UnsafePathException(path, "a segment has more than 255 bytes");
    }
    if (segment.endsWith(".") || segment.endsWith(" ") || DEVICE.matcher(segment).matches()) {
      throw new UnsafePathException(path, "'" + segment + "' is reserved on some systems");
    }
    if (PartName.isReserved(segment)) {
      throw new UnsafePathException(path, "the name is reserved for unfinished files");
    }
  }

  /** Returns the opened parent directory. */
  public DirectoryHandle directory() {
    return directory;
  }

  /** Returns the last segment. */
  public String name() {
    return name;
  }

  @Override
  public void close() throws IOException {
    directory.close();
  }
}
