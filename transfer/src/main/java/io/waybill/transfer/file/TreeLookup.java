package io.waybill.transfer.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at many files below a root, in few steps: directories stay open from one to the next, 64 at
 * most. Paths are untrusted and no link is followed. Not safe for use by several threads.
 */
public final class TreeLookup implements Closeable {
  private static final int OPEN_DIRECTORIES = 64;

  private final DirectoryHandle root;
  private final DirectoryCache directories;
  // parents that were found missing since the last release
  private final Set<String> missing = new HashSet<>();

  /** Starts at a root, which is trusted and closed together with this. */
  public TreeLookup(DirectoryHandle root) {
    this.root = root;
    this.directories =
        new DirectoryCache(
            root,
            OPEN_DIRECTORIES,
            target -> {
              throw new IllegalStateException("nothing is made here");
            });
  }

  /**
   * Returns the attributes of what has that path; empty if nothing has.
   *
   * @throws UnsafePathException if the path is refused
   */
  public Optional<BasicFileAttributes> attributes(String path) throws IOException {
    List<String> segments = SafePath.segments(path);
    String parent = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    if (missing.contains(parent)) {
      return Optional.empty();
    }
    try {
      return parent(segments).attributes(segments.get(segments.size() - 1));
    } catch (NoSuchFileException | NotDirectoryException e) {
      missing.add(parent);
      return Optional.empty();
    }
  }

  /**
   * Opens a file.
   *
   * @return to be closed before the next {@link #release}
   * @throws UnsafePathException if the path is refused
   * @throws NoSuchFileException if there is none
   * @throws IOException if it is no regular file, or a parent is a link
   */
  public SourceFile open(String path) throws IOException {
    List<String> segments = SafePath.segments(path);
    return SourceFile.open(parent(segments), segments.get(segments.size() - 1));
  }

  private DirectoryHandle parent(List<String> segments) throws IOException {
    return directories.open(segments.subList(0, segments.size() - 1));
  }

  /** Ends one round: before the next use a directory is looked at again, and some are closed. */
  public void release() throws IOException {
    missing.clear();
    directories.release();
  }

  @Override
  public void close() throws IOException {
    try (root) {
      directories.close();
    }
  }
}
