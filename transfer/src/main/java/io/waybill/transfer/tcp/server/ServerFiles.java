package io.waybill.transfer.tcp.server;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.OrphanParts;
import io.waybill.transfer.file.PartName;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.TreeWalker;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Looks at and rearranges the files below a user's root, never above or through a link. */
final class ServerFiles {
  private final Path root;

  public ServerFiles(Path root) {
    this.root = root;
  }

  /** Takes one entry of a listing. */
  @FunctionalInterface
  public interface Sink {
    void accept(FileEntry entry) throws IOException;
  }

  /** Walks a directory, parents before their children, part files left out. */
  public void list(String directory, boolean isRecursive, Sink sink) throws IOException {
    try (DirectoryHandle handle = SafePath.openDirectory(root, directory)) {
      list(handle, isRecursive, sink);
    }
  }

  private static void list(DirectoryHandle directory, boolean isRecursive, Sink sink)
      throws IOException {
    list(directory, "", isRecursive, 0, sink);
  }

  // one open directory a level; its names are never held
  private static void list(
      DirectoryHandle directory, String prefix, boolean isRecursive, int depth, Sink sink)
      throws IOException {
    if (depth > TreeWalker.MAX_DEPTH) {
      throw new WireException(
          ErrorCode.PATH_REFUSED,
          prefix
              + " is below "
              + TreeWalker.MAX_DEPTH
              + " directories; deeper ones are not listed");
    }
    DirectoryHandle.Names names = directory.eachName();
    for (String name = names.next(); name != null; name = names.next()) {
      if (!isText(name)) {
        // whoever copies the tree is told; what it is cannot be looked at by this name
        sink.accept(
            new FileEntry(
                prefix + name, FileEntry.Kind.OTHER, FileEntry.UNKNOWN_SIZE, Optional.empty()));
        continue;
      }
      Optional<BasicFileAttributes> found = directory.attributes(name);
      if (found.isEmpty() || (found.get().isRegularFile() && PartName.isPart(name))) {
        continue;
      }
      sink.accept(entry(prefix + name, found.get()));
      if (isRecursive && found.get().isDirectory() && !PartName.isReserved(name)) {
        try (DirectoryHandle child = directory.child(name)) {
          list(child, prefix + name + "/", true, depth + 1, sink);
        }
      }
    }
  }

  // Java shows bytes that are no UTF-8 as this
  private static boolean isText(String name) {
    return name.indexOf('\uFFFD') < 0;
  }

  /**
   * Looks at one file or directory; the empty path is the root.
   *
   * @throws NoSuchFileException if there is none
   */
  public FileEntry stat(String path) throws IOException {
    if (path.isEmpty()) {
      try (DirectoryHandle handle = DirectoryHandle.open(root)) {
        return entry(path, handle.attributes(".").orElseThrow(() -> missing(path)));
      }
    }
    try (SafePath safe = SafePath.open(root, path)) {
      return entry(path, require(safe, path));
    }
  }

  /**
   * Renames a file or directory.
   *
   * @throws WireException EXISTS if something has the new name
   */
  public void rename(String from, String to) throws IOException {
    try (SafePath source = SafePath.open(root, from);
        SafePath target = SafePath.open(root, to)) {
      BasicFileAttributes found = require(source, from);
      if (target.directory().attributes(target.name()).isPresent()) {
        throw new WireException(ErrorCode.EXISTS, to + " exists already");
      }
      if (found.isDirectory()) {
        try (DirectoryHandle moved = source.directory().child(source.name())) {
          requireShallow(moved, TreeWalker.MAX_DEPTH - SafePath.segments(to).size(), to);
        }
      }
      source.directory().rename(source.name(), target.directory(), target.name());
      target.directory().force();
      source.directory().force();
    }
  }

  // deeper ones could be neither listed nor counted
  private static void requireShallow(DirectoryHandle directory, int left, String to)
      throws IOException {
    if (left < 0) {
      throw new WireException(
          ErrorCode.PATH_REFUSED,
          "directories would be nested deeper than %d below %s; nothing was renamed"
              .formatted(TreeWalker.MAX_DEPTH, to));
    }
    DirectoryHandle.Names names = directory.eachName();
    for (String name = names.next(); name != null; name = names.next()) {
      if (directory.attributes(name).filter(BasicFileAttributes::isDirectory).isPresent()) {
        try (DirectoryHandle child = directory.child(name)) {
          requireShallow(child, left - 1, to);
        }
      }
    }
  }

  /** Deletes a file. */
  public void delete(String path) throws IOException {
    try (SafePath safe = SafePath.open(root, path)) {
      if (require(safe, path).isDirectory()) {
        throw new WireException(ErrorCode.WRONG_KIND, path + " is a directory, not a file");
      }
      if (!safe.directory().deleteIfExists(safe.name())) {
        throw missing(path); // somebody was quicker
      }
      safe.directory().force();
    }
  }

  /**
   * Deletes an empty directory, with what unfinished uploads have left in it: nobody but us sees
   * that.
   *
   * @return whether there was any
   */
  public boolean deleteDirectory(String path) throws IOException {
    boolean isSwept = false;
    try (SafePath safe = SafePath.open(root, path)) {
      if (!require(safe, path).isDirectory()) {
        throw new WireException(ErrorCode.WRONG_KIND, path + " is a file, not a directory");
      }
      try {
        safe.directory().deleteDirectory(safe.name());
      } catch (DirectoryNotEmptyException e) {
        try (DirectoryHandle inside = safe.directory().child(safe.name())) {
          if (!isAllUnfinished(inside)) {
            throw e;
          }
        }
        DirectoryHandle inside = safe.directory().child(safe.name());
        isSwept = !OrphanParts.sweepOne(inside, Duration.ZERO, InstantSource.system()).isEmpty();
        safe.directory().deleteDirectory(safe.name());
      }
      safe.directory().force();
      return isSwept;
    }
  }

  private static boolean isAllUnfinished(DirectoryHandle directory) throws IOException {
    DirectoryHandle.Names names = directory.eachName();
    for (String name = names.next(); name != null; name = names.next()) {
      if (!PartName.isPart(name)) {
        return false;
      }
    }
    return true;
  }

  /** Makes a directory and its missing parents. */
  public void mkdir(String path) throws IOException {
    if (path.isEmpty()) {
      return; // the root is there
    }
    try (SafePath safe = SafePath.openMakingParents(root, path);
        DirectoryHandle made = safe.directory().childOrMake(safe.name())) {
      made.force();
      safe.directory().force();
    }
  }

  private static BasicFileAttributes require(SafePath safe, String path) throws IOException {
    return safe.directory().attributes(safe.name()).orElseThrow(() -> missing(path));
  }

  private static NoSuchFileException missing(String path) {
    return new NoSuchFileException(path);
  }

  private static FileEntry entry(String path, BasicFileAttributes found) {
    FileEntry.Kind kind =
        found.isRegularFile()
            ? FileEntry.Kind.FILE
            : found.isDirectory()
                ? FileEntry.Kind.DIRECTORY
                : found.isSymbolicLink() ? FileEntry.Kind.LINK : FileEntry.Kind.OTHER;
    return new FileEntry(
        path,
        kind,
        kind == FileEntry.Kind.FILE ? found.size() : FileEntry.UNKNOWN_SIZE,
        Optional.of(found.lastModifiedTime().toInstant()),
        DirectoryHandle.modeOf(found));
  }
}
