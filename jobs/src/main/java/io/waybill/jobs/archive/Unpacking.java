package io.waybill.jobs.archive;

import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.DirectoryTree;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks an archive: into a hidden part directory beside its place, which is forced to the disk
 * once the archive was read to its end and found right, and only then renamed.
 */
public final class Unpacking {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path archive;
  private final ArchiveFormat format;
  private final ArchiveLimits limits;
  private final PartClaim claim;
  private final Consumer<String> working;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /**
   * One file that was unpacked.
   *
   * @param name below the directory, with {@code /}
   */
  public record UnpackedFile(String name, long sizeBytes, Optional<Instant> modified) {
    public UnpackedFile {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(modified, "modified");
    }
  }

  /**
   * Prepares.
   *
   * @param claim whose its part directory is
   * @param working is told of each file that is begun; may throw to end it
   */
  public Unpacking(
      Path archive,
      ArchiveFormat format,
      ArchiveLimits limits,
      PartClaim claim,
      Consumer<String> working) {
    this.archive = archive;
    this.format = format;
    this.limits = limits;
    this.claim = claim;
    this.working = working;
  }

  /**
   * Unpacks.
   *
   * @param target the directory that it becomes; the one that it lies in must exist
   * @param ready is told what there is, before the directory gets its name
   * @throws BrokenArchiveException if the archive is cut off, damaged, or of another kind
   * @throws ArchiveRefusedException if something in it is not unpacked, it is too much, or the
   *     target is there
   * @throws IOException if it cannot be written; then nothing of it is left
   */
  public void unpack(Path target, Consumer<List<UnpackedFile>> ready) throws IOException {
    Path absolute = target.toAbsolutePath();
    Path parent = Objects.requireNonNull(absolute.getParent(), "a directory");
    String name = String.valueOf(absolute.getFileName());
    String part = claim.part(name);
    try (DirectoryHandle directory = DirectoryHandle.open(parent)) {
      requireFree(directory, name, absolute);
      for (String each : claim.earlierParts(name)) {
        DirectoryTree.delete(parent.resolve(each));
      }
      try {
        directory.childOrMake(part).close();
        List<UnpackedFile> files = contents(parent.resolve(part));
        forceTree(parent.resolve(part));
        ready.accept(files);
        requireFree(directory, name, absolute);
        directory.rename(part, name);
        directory.force();
      } catch (IOException | RuntimeException e) {
        try {
          DirectoryTree.delete(parent.resolve(part));
        } catch (IOException left) {
          e.addSuppressed(left);
        }
        throw e;
      }
    }
  }

  /** Says whether an earlier attempt has left something of a directory that never got its name. */
  public static boolean isLeft(Path target, PartClaim claim) {
    Path absolute = target.toAbsolutePath();
    String name = String.valueOf(absolute.getFileName());
    return claim.earlierParts(name).stream()
        .anyMatch(each -> Files.exists(absolute.resolveSibling(each), LinkOption.NOFOLLOW_LINKS));
  }

  private static void requireFree(DirectoryHandle directory, String name, Path target)
      throws IOException {
    if (directory.attributes(name).isPresent()) {
      throw new ArchiveRefusedException(
          "%s is there already, and an archive becomes a directory of its own: name another one, or delete it first"
              .formatted(target));
    }
  }

  private List<UnpackedFile> contents(Path root) throws IOException {
    List<UnpackedFile> files = new ArrayList<>();
    try (SourceFile source = SourceFile.open(archive);
        FileChannel channel = FileChannel.open(archive, StandardOpenOption.READ)) {
      new ArchiveReader(format, limits)
          .read(
              channel,
              new ArchiveVisitor() {
                @Override
                public void directory(String name) throws IOException {
                  SafePath.openMakingParents(root, name + "/x").close();
                }

                @Override
                public void file(String name, Optional<Instant> modified, EntryContent content)
                    throws IOException {
                  working.accept(name);
                  files.add(new UnpackedFile(name, write(root, name, modified, content), modified));
                }
              });
      source.requireUnchanged();
    }
    return files;
  }

  private long write(Path root, String name, Optional<Instant> modified, EntryContent content)
      throws IOException {
    long size = 0;
    try (SafePath place = SafePath.openMakingParents(root, name)) {
      try (FileChannel out =
          place
              .directory()
              .openFile(place.name(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
          ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
          while (bytes.hasRemaining()) {
            out.write(bytes);
          }
          size += read;
        }
      }
      if (modified.isPresent()) {
        place.directory().setModified(place.name(), modified.get());
      }
    }
    return size;
  }

  // not file by file as they come: of an archive that is refused then, that would be for nothing
  private void forceTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            working.accept(root.relativize(file).toString());
            try (FileChannel written =
                FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
              written.force(true);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            try (DirectoryHandle handle = DirectoryHandle.open(directory)) {
              handle.force();
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
