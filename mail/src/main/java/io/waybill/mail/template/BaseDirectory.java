package io.waybill.mail.template;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads files below one directory, and nothing that a name could lead to beside it. */
final class BaseDirectory {
  private final Path directory;

  BaseDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Returns the real path of a regular file below the directory; nothing of it was read yet.
   *
   * @param name relative, with {@code /} between its parts
   * @throws Refused if there is none
   */
  Path find(String name) throws Refused {
    requirePlain(name);
    Path real;
    Path root;
    try {
      root = directory.toRealPath();
    } catch (IOException e) {
      throw new Refused("needs the base directory " + directory + ", which is not there", e);
    }
    try {
      // follows every symbolic link on the way, so that what is compared is what would be read
      real = root.resolve(name).toRealPath();
    } catch (NoSuchFileException | InvalidPathException e) {
      throw new Refused("names a file that is not below the base directory", e);
    } catch (IOException e) {
      throw new Refused("names a file that cannot be reached", e);
    }
    if (!real.startsWith(root)) {
      throw new Refused("leads out of the base directory");
    }
    if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
      throw new Refused("names something that is not a regular file");
    }
    return real;
  }

  /** Reads what {@link #find} returned, if it is not larger than {@code most} bytes. */
  static byte[] read(Path real, int most) throws Refused {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
      bytes = in.readNBytes(most + 1);
    } catch (IOException e) {
      throw new Refused("names a file that cannot be read", e);
    }
    if (bytes.length > most) {
      throw new Refused("names a file larger than " + most + " bytes");
    }
    return bytes;
  }

  private static void requirePlain(String name) throws Refused {
    if (name.isEmpty()) {
      throw new Refused("names no file");
    }
    if (name.startsWith("/")) {
      throw new Refused("names an absolute path: only those below the base directory may be");
    }
    // a backslash and a colon mean something on other systems, and the same template runs there
    if (name.chars().anyMatch(c -> c == '\\' || c == ':' || Character.isISOControl(c))) {
      throw new Refused("names a path with a backslash, a colon or a control character");
    }
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        throw new Refused("names a path with '..': only those below the base directory may be");
      }
    }
  }

  /** Says why a file is not read, in words that follow those for what asked for it. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;
    private final String why;

    /** Says why, without the name of the file, which may be from the data. */
    Refused(String why) {
      this(why, null);
    }

    Refused(String why, @Nullable Throwable cause) {
      super(why, cause);
      this.why = why;
    }

    String why() {
      return why;
    }
  }
}
