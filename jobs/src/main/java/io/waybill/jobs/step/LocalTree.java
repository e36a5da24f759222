package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.Unfinished;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.DiskFullException;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.PartName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Lists directories of this machine in the terms of a remote listing. Links are not followed. */
final class LocalTree {
  private LocalTree() {}

  static Optional<FileEntry> stat(Path path) {
    try {
      // what the file names itself may be a link; only what a listing finds is not followed
      return Optional.of(
          entry(path.toString(), Files.readAttributes(path, BasicFileAttributes.class)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw TransferException.LocalFile.failed(
          path, "Cannot look at " + path + ": " + LocalFailures.why(e), e);
    }
  }

  /** Lists a directory, parents before their children, in the order of names. */
  static List<FileEntry> list(Path directory, boolean recursive) {
    if (!Files.isDirectory(directory)) {
      throw new JobException.NotFound("there is no directory " + directory);
    }
    try (Stream<Path> walk = Files.walk(directory, recursive ? Integer.MAX_VALUE : 1)) {
      return walk.filter(path -> !path.equals(directory))
          .filter(path -> ourPart(directory, path).isEmpty())
          .sorted()
          .map(path -> entry(directory, path))
          .toList();
    } catch (UncheckedIOException e) {
      throw cannotList(directory, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw cannotList(directory, e);
    }
  }

  /**
   * Lists what copies have left below a directory: part files and their journals, and directories
   * of archives that were not unpacked whole, after what is in them and as old as they are.
   */
  static List<Unfinished> unfinished(Path directory) {
    List<Unfinished> found = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      List<Path> parts =
          walk.filter(path -> ourPart(directory, path).filter(path::equals).isPresent())
              .sorted()
              .toList();
      for (Path part : parts) {
        Optional<Instant> changed = entry(directory, part).modified();
        try (Stream<Path> inside = Files.walk(part)) {
          inside
              .sorted(Comparator.reverseOrder())
              .map(path -> entry(directory, path))
              .map(each -> new FileEntry(each.path(), each.kind(), each.sizeBytes(), changed))
              .forEach(each -> found.add(new Unfinished(each, false)));
        }
      }
      return found;
    } catch (UncheckedIOException e) {
      throw cannotList(directory, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw cannotList(directory, e);
    }
  }

  /** Deletes one file, or an empty directory, and has the directory above it forced to the disk. */
  static void delete(Path path) {
    try {
      Files.delete(path);
      Path parent = path.toAbsolutePath().getParent();
      if (parent != null) {
        try (DirectoryHandle directory = DirectoryHandle.open(parent)) {
          directory.force();
        }
      }
    } catch (NoSuchFileException e) {
      throw new JobException.NotFound("there is no " + path);
    } catch (IOException e) {
      throw TransferException.LocalFile.failed(
          path, "Cannot delete " + path + ": " + LocalFailures.why(e), e);
    }
  }

  /** Makes a directory and its missing parents. */
  static void makeDirectory(Path path) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      if (DiskFullException.isSaidBy(e)) {
        throw LocalFailures.translate(path, e);
      }
      throw TransferException.LocalFile.failed(
          path, "Cannot make the directory " + path + ": " + LocalFailures.why(e), e);
    }
  }

  private static TransferException cannotList(Path directory, IOException e) {
    return TransferException.LocalFile.failed(
        directory, "Cannot list " + directory + ": " + LocalFailures.why(e), e);
  }

  private static boolean isOurPart(Path path) {
    return isPartName(path)
        && (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
            || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS));
  }

  /** Returns what is unfinished on the way from a directory to a path, the path included. */
  private static Optional<Path> ourPart(Path directory, Path path) {
    Path at = directory;
    for (Path name : directory.relativize(path)) {
      at = at.resolve(name);
      if (!at.equals(directory) && isOurPart(at)) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  private static boolean isPartName(Path path) {
    String name = path.getFileName().toString();
    return PartName.isReserved(name) && PartName.isPart(name);
  }

  private static FileEntry entry(Path directory, Path path) {
    String name =
        directory.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
    try {
      return entry(
          name, Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileEntry entry(String name, BasicFileAttributes attributes) {
    FileEntry.Kind kind =
        attributes.isRegularFile()
            ? FileEntry.Kind.FILE
            : attributes.isDirectory()
                ? FileEntry.Kind.DIRECTORY
                : attributes.isSymbolicLink() ? FileEntry.Kind.LINK : FileEntry.Kind.OTHER;
    return new FileEntry(
        name,
        kind,
        attributes.isRegularFile() ? attributes.size() : FileEntry.UNKNOWN_SIZE,
        Optional.of(attributes.lastModifiedTime().toInstant()));
  }
}
