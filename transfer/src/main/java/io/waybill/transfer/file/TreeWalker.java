package io.waybill.transfer.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Walks a local tree as it is asked for: a directory before its content, in no other order; through
 * directory handles, never through a link. Our own part files are left out; what only ends like
 * them is told of, as is a directory that cannot be read, and the walk goes on.
 *
 * <p>Memory follows the depth: one open directory a level, {@link #MAX_DEPTH} at most; the names of
 * a directory are never held. Not safe for use by several threads.
 */
public final class TreeWalker implements Closeable {
  /** The deepest level that is entered, counted from the root's 0. */
  public static final int MAX_DEPTH = 256;

  private final PathFilter filter;
  private final boolean partsToo;
  private final Deque<Level> levels = new ArrayDeque<>();
  private @Nullable Level toEnter;

  /** One directory on the way down; {@code prefix} is its path with a slash, or empty. */
  private record Level(DirectoryHandle directory, DirectoryHandle.Names names, String prefix) {}

  private TreeWalker(DirectoryHandle root, PathFilter filter, boolean partsToo) {
    this.filter = filter;
    this.partsToo = partsToo;
    levels.push(new Level(root, root.eachName(), ""));
  }

  /**
   * Starts at a trusted directory.
   *
   * @throws IOException if it cannot be opened
   */
  public static TreeWalker open(Path root, PathFilter filter) throws IOException {
    return of(DirectoryHandle.open(root), filter);
  }

  /**
   * Starts at an opened directory.
   *
   * @param root its names not read before; closed together with this
   */
  public static TreeWalker of(DirectoryHandle root, PathFilter filter) {
    return new TreeWalker(root, filter, false);
  }

  /** Starts at an opened directory, and tells of our own part files too. */
  static TreeWalker withParts(DirectoryHandle root) {
    return new TreeWalker(root, PathFilter.all(), true);
  }

  /**
   * Returns the next entry, or null at the end.
   *
   * @throws IOException if a directory cannot be closed
   */
  public @Nullable TreeEntry next() throws IOException {
    if (toEnter != null) {
      levels.push(toEnter);
      toEnter = null;
    }
    while (!levels.isEmpty()) {
      Level level = levels.element();
      String name;
      try {
        name = level.names().next();
      } catch (IOException e) {
        leave();
        return new TreeEntry.Unreadable(withoutSlash(level.prefix()), true, e);
      }
      if (name == null) {
        leave();
        continue;
      }
      TreeEntry entry = look(level, name);
      if (entry != null) {
        return entry;
      }
    }
    return null;
  }

  private void leave() throws IOException {
    levels.pop().directory().close();
  }

  private static String withoutSlash(String prefix) {
    return prefix.isEmpty() ? prefix : prefix.substring(0, prefix.length() - 1);
  }

  private @Nullable TreeEntry look(Level level, String name) {
    String path = level.prefix() + name;
    boolean isDirectory = false;
    try {
      SafePath.requireText(path, name);
      Optional<BasicFileAttributes> found = level.directory().attributes(name);
      if (found.isEmpty()) {
        return null; // deleted meanwhile
      }
      BasicFileAttributes attributes = found.get();
      isDirectory = attributes.isDirectory();
      if (!partsToo && PartName.isReserved(name) && !attributes.isSymbolicLink()) {
        return reserved(path, name, attributes);
      }
      if (isDirectory) {
        return directory(level, name, path, DirectoryHandle.modeOf(attributes));
      }
      if (!filter.takesFile(path)) {
        return null;
      }
      return attributes.isRegularFile()
          ? new TreeEntry.RegularFile(
              path, SourceFile.identity(attributes), DirectoryHandle.modeOf(attributes))
          : new TreeEntry.Skipped(
              path, attributes.isSymbolicLink() ? TreeEntry.Reason.LINK : TreeEntry.Reason.SPECIAL);
    } catch (UnsafePathException e) {
      // a file or a directory: nobody can tell
      return filter.takesFile(path) || filter.enters(path)
          ? new TreeEntry.Refused(path, false, e)
          : null;
    } catch (IOException e) {
      return new TreeEntry.Unreadable(path, isDirectory, e);
    }
  }

  private @Nullable TreeEntry reserved(String path, String name, BasicFileAttributes found) {
    boolean isOurs =
        PartName.parse(name)
            .filter(
                part ->
                    found.isRegularFile()
                        || (found.isDirectory() && part.looseSince().isPresent())) // for a moment
            .isPresent();
    boolean counts = found.isDirectory() ? filter.enters(path) : filter.takesFile(path);
    return isOurs || !counts
        ? null
        : new TreeEntry.Refused(path, found.isDirectory(), PartName.refusal(path, name));
  }

  private @Nullable TreeEntry directory(Level level, String name, String path, OptionalInt mode)
      throws IOException {
    if (!filter.enters(path)) {
      return null;
    }
    if (levels.size() > MAX_DEPTH) {
      throw new IOException(
          path + " is below " + MAX_DEPTH + " directories; deeper ones are not entered");
    }
    DirectoryHandle child = level.directory().child(name);
    toEnter = new Level(child, child.eachName(), path + "/");
    return new TreeEntry.Directory(path, mode);
  }

  /**
   * Returns the open directory that the entry returned last lies in, for opening a file by the last
   * segment of its path; closed by one of the next calls of {@link #next}.
   *
   * @throws IllegalStateException if the walk is at its end
   */
  public DirectoryHandle parent() {
    Level level = levels.peek();
    if (level == null) {
      throw new IllegalStateException("The walk is at its end");
    }
    return level.directory();
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    if (toEnter != null) {
      levels.push(toEnter);
      toEnter = null;
    }
    while (!levels.isEmpty()) {
      try {
        leave();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
