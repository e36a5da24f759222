package io.waybill.transfer.file;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open directory: names are resolved against the handle, not the path, and never through a
 * symbolic link, so that nobody can swap a parent while we work. Where the platform has no such
 * handles (Windows, macOS) the path is used, and a swap in between is possible.
 */
public final class DirectoryHandle implements Closeable {
  private final Path path;
  private final DirectoryStream<Path> stream;
  private final @Nullable SecureDirectoryStream<Path> secure;

  private DirectoryHandle(Path path, DirectoryStream<Path> stream) {
    this.path = path;
    this.stream = stream;
    this.secure = stream instanceof SecureDirectoryStream<Path> handle ? handle : null;
  }

  /**
   * Opens a trusted directory; links in its path are followed.
   *
   * @throws NoSuchFileException if it does not exist
   * @throws NotDirectoryException if it is something else
   */
  public static DirectoryHandle open(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath();
    return ofPath(absolute);
  }

  /**
   * Opens a sub-directory, never through a link.
   *
   * @param name one segment
   * @throws NoSuchFileException if it does not exist
   * @throws IOException if it is a link or no directory
   */
  public DirectoryHandle child(String name) throws IOException {
    Path segment = segment(name);
    Path full = path.resolve(segment);
    if (secure != null) {
      return new DirectoryHandle(full, secure.newDirectoryStream(segment, NOFOLLOW_LINKS));
    }
    if (!Files.isDirectory(full, NOFOLLOW_LINKS)) {
      throw Files.exists(full, NOFOLLOW_LINKS)
          ? new NotDirectoryException(full.toString())
          : new NoSuchFileException(full.toString());
    }
    return ofPath(full);
  }

  @SuppressWarnings("StreamResourceLeak") // the handle owns and closes it
  private static DirectoryHandle ofPath(Path path) throws IOException {
    return new DirectoryHandle(path, Files.newDirectoryStream(path));
  }

  /**
   * Opens a sub-directory, making it if it is missing. Java cannot make a directory through a
   * handle: a parent swapped in just that moment gets an empty directory, which is then not
   * entered.
   *
   * @param name one segment
   */
  public DirectoryHandle childOrMake(String name) throws IOException {
    try {
      return child(name);
    } catch (NoSuchFileException missing) {
      try {
        Files.createDirectory(path.resolve(segment(name)));
      } catch (FileAlreadyExistsException raced) {
        return child(name);
      }
      return child(name);
    }
  }

  /** Returns the names in it, in no order; works once for each handle. */
  public List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try {
      for (Path each : stream) {
        names.add(each.getFileName().toString());
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /** Returns the path it was opened by. */
  public Path path() {
    return path;
  }

  /**
   * Opens a file; a link is refused.
   *
   * @param name one segment
   */
  public FileChannel openFile(String name, StandardOpenOption... options) throws IOException {
    Path segment = segment(name);
    Set<OpenOption> all = new HashSet<>(Set.of(options));
    all.add(NOFOLLOW_LINKS);
    if (secure != null) {
      SeekableByteChannel channel = secure.newByteChannel(segment, all);
      if (channel instanceof FileChannel file) {
        return file;
      }
      channel.close();
    }
    return FileChannel.open(path.resolve(segment), all);
  }

  /** Returns the attributes of what has that name, links not followed; empty if nothing has. */
  public Optional<BasicFileAttributes> attributes(String name) throws IOException {
    try {
      return Optional.of(view(name).readAttributes());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Sets a file's modification time; Java keeps its microseconds, not its nanoseconds. */
  public void setModified(String name, Instant modified) throws IOException {
    view(name).setTimes(FileTime.from(modified), null, null);
  }

  private BasicFileAttributeView view(String name) {
    Path segment = segment(name);
    return secure != null
        ? secure.getFileAttributeView(segment, BasicFileAttributeView.class, NOFOLLOW_LINKS)
        : Files.getFileAttributeView(
            path.resolve(segment), BasicFileAttributeView.class, NOFOLLOW_LINKS);
  }

  /** Renames within the directory, atomically, over what has the new name. */
  public void rename(String from, String to) throws IOException {
    if (secure != null) {
      secure.move(segment(from), secure, segment(to));
    } else {
      Files.move(path.resolve(from), path.resolve(segment(to)), ATOMIC_MOVE, REPLACE_EXISTING);
    }
  }

  /** Renames into another directory, atomically, over what has the new name. */
  public void rename(String from, DirectoryHandle other, String to) throws IOException {
    if (secure != null && other.secure != null) {
      secure.move(segment(from), other.secure, other.segment(to));
    } else {
      Files.move(
          path.resolve(segment(from)),
          other.path.resolve(other.segment(to)),
          ATOMIC_MOVE,
          REPLACE_EXISTING);
    }
  }

  /** Deletes a file if it is there. */
  public void deleteIfExists(String name) throws IOException {
    try {
      if (secure != null) {
        secure.deleteFile(segment(name));
      } else {
        Files.delete(path.resolve(segment(name)));
      }
    } catch (NoSuchFileException gone) {
      // what was wanted
      return;
    }
  }

  /** Forces names made and renamed in it to the disk; does nothing on Windows, which cannot. */
  public void force() throws IOException {
    if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
      return;
    }
    try (FileChannel self = openFile(".", StandardOpenOption.READ)) {
      self.force(true);
    }
  }

  private Path segment(String name) {
    Path segment = path.getFileSystem().getPath(name);
    if (segment.getNameCount() != 1 || segment.isAbsolute()) {
      throw new IllegalArgumentException("Not one segment: '" + name + "'");
    }
    return segment;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
