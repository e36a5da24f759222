package io.waybill.transfer.file;

import java.io.Closeable;
import java.io.File;
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
 * drive letters, control characters, unpaired surrogates and U+FFFD, segments above 255 bytes, and
 * the names of our own part files. Windows would take more names for something else: colons
 * (alternate streams), a dot or blank at the end, devices. Those are refused there only.
 */
public final class SafePath implements Closeable {
  private static final int SEGMENT_BYTES = 255;
  private static final int PATH_BYTES = 4096;
  private static final int UTF_8_BYTES = 3; // of one char, at most
  private static final boolean IS_WINDOWS = File.separatorChar == '\\';
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:");
  private static final String DEVICE_INITIALS = "CPANLcpanl";
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
      throw new UnsafePathException(relative, "it is absolute; leave out the slash in front");
    }
    if (relative.length() > PATH_BYTES / UTF_8_BYTES
        && relative.getBytes(StandardCharsets.UTF_8).length > PATH_BYTES) {
      throw new UnsafePathException(relative.substring(0, 50) + "...", "it is too long");
    }
    List<String> segments = List.of(relative.split("/", -1));
    if (segments.size() > TreeWalker.MAX_DEPTH) {
      throw new UnsafePathException(
          relative.substring(0, 50) + "...", "it has more than 256 segments");
    }
    for (String segment : segments) {
      if (!isPlain(segment)) {
        check(relative, segment);
      }
    }
    return segments;
  }

  /** Says of most names that nothing is wrong with them, at the cost of looking at each letter. */
  private static boolean isPlain(String segment) {
    int length = segment.length();
    if (length == 0 || length > SEGMENT_BYTES || DEVICE_INITIALS.indexOf(segment.charAt(0)) >= 0) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char each = segment.charAt(i);
      if (each < ' ' || each > '~' || each == '\\' || each == ':') {
        return false;
      }
    }
    char last = segment.charAt(length - 1);
    return last != '.' && last != ' ' && !PartName.isReserved(segment);
  }

  private static void check(String path, String segment) throws UnsafePathException {
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      throw new UnsafePathException(
          path, "empty, '.' and '..' segments are not allowed; write the path without them");
    }
    if (segment.indexOf('\\') >= 0 || DRIVE.matcher(segment).lookingAt()) {
      throw new UnsafePathException(
          path, "a backslash, or a drive's letter and colon, is not allowed; rename it");
    }
    if (segment.codePoints().anyMatch(each -> each < 0x20 || (each >= 0x7F && each < 0xA0))) {
      throw new UnsafePathException(path, "control characters are not allowed; rename it");
    }
    requireText(path, segment);
    if (segment.getBytes(StandardCharsets.UTF_8).length > SEGMENT_BYTES) {
      throw new UnsafePathException(path, "a name has more than 255 bytes; shorten it");
    }
    if (IS_WINDOWS) {
      requireWindows(path, segment);
    }
    if (PartName.isReserved(segment)) {
      throw PartName.refusal(path, segment);
    }
  }

  /** Refuses what Windows would take for another name, a stream of a file, or a device. */
  static void requireWindows(String path, String segment) throws UnsafePathException {
    if (segment.indexOf(':') >= 0) {
      throw new UnsafePathException(path, "a colon is not allowed here; rename it");
    }
    if (segment.endsWith(".") || segment.endsWith(" ")) {
      throw new UnsafePathException(
          path, "'" + segment + "' ends in a dot or blank, which is lost here; rename it");
    }
    if (DEVICE.matcher(segment).matches()) {
      throw new UnsafePathException(path, "'" + segment + "' is a device here; rename it");
    }
  }

  /**
   * Refuses what nobody could ask for again, whatever the other end allows: names that are not
   * text, and those of our own part files.
   *
   * @throws UnsafePathException if one segment is such
   */
  public static void requireTellable(String path) throws UnsafePathException {
    for (String segment : path.split("/", -1)) {
      requireText(path, segment);
      if (PartName.isReserved(segment)) {
        throw PartName.refusal(path, segment);
      }
    }
  }

  /**
   * Refuses a name that is not text: Java shows bytes that are no UTF-8 as U+FFFD, and cannot find
   * the file by it.
   */
  static void requireText(String path, String name) throws UnsafePathException {
    if (name.indexOf('\uFFFD') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      // an unpaired surrogate cannot be sent in a message either
      throw new UnsafePathException(
          path.replaceAll("\\p{Cs}", "?"), "its name is not valid UTF-8; rename it" + localeHint());
    }
  }

  /**
   * Returns what to add where a name cannot be written: in a POSIX locale, say, no renaming is
   * needed; empty in one of UTF-8.
   */
  public static String localeHint() {
    String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
    return encoding.equalsIgnoreCase("UTF-8")
        ? ""
        : ", or set LC_ALL=C.UTF-8, as this locale's encoding is " + encoding;
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
