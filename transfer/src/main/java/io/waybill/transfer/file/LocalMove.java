package io.waybill.transfer.file;

import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Moves a file of this machine: by one rename where both directories are on one file system, else
 * by a copy, after whose end the source is deleted. A rename moves no byte, so that none can
 * differ: it satisfies every level of verification, and the receipt says that it was one.
 */
public final class LocalMove {
  private static final String LINK_COUNT = "unix:nlink";

  private final InstantSource clock;

  /** Moves with receipts timed by the given clock. */
  public LocalMove(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Moves one file; its target's directory must exist. An equal target is replaced as any other:
   * size and time alone prove too little to delete a source by.
   *
   * @throws TransferException.NotFound if the source or the target's directory does not exist
   * @throws TransferException.Integrity if the source changed meanwhile; if that was after the
   *     copy, both are there
   * @throws TransferException.Refused if the source is a link or a directory, the target is a
   *     directory, or there is a target and the policy forbids it
   * @throws TransferException.LocalFile if a file cannot be read, written or deleted, or the disk
   *     is full
   * @throws TransferException.Configuration if both are the same file, or it is to be appended,
   *     which a move that was cut short would do twice
   */
  public TransferReceipt move(Path source, Path target, TransferOptions options) {
    Optional<TransferReceipt> renamed = rename(source, target, options);
    if (renamed.isPresent()) {
      return renamed.get();
    }
    TransferOptions each =
        options.targetPolicy() == TargetPolicy.SKIP_EQUAL
            ? options.toBuilder().targetPolicy(TargetPolicy.REPLACE).build()
            : options;
    try (DirectoryHandle directory = DirectoryHandle.open(parent(source))) {
      String name = name(source);
      try (SourceFile before = SourceFile.open(directory, name)) {
        TransferReceipt receipt = new LocalCopy(clock).copy(source, target, each);
        before.requireUnchanged();
        directory.deleteIfExists(name);
        directory.force();
        return receipt;
      }
    } catch (IOException e) {
      throw LocalFailures.translate(source, e);
    }
  }

  /**
   * Moves one file by renaming it, forced before, and forces both directories after.
   *
   * @return empty, with nothing done, if only a copy will do: the target is on another file system,
   *     the source has other names through which somebody could write to the target, it is to have
   *     other permission bits, or a digest that is expected of it is to be checked
   * @throws TransferException as {@link #move} does
   */
  public Optional<TransferReceipt> rename(Path source, Path target, TransferOptions options) {
    return rename(source, target, options, opened -> {});
  }

  /**
   * Moves one file by renaming it, if it is one that somebody wants.
   *
   * @param wanted is told which version is there, and throws if it is not to be moved
   * @throws TransferException as {@link #move} does
   */
  public Optional<TransferReceipt> rename(
      Path source, Path target, TransferOptions options, Consumer<SourceIdentity> wanted) {
    if (options.targetPolicy() == TargetPolicy.APPEND) {
      throw new TransferException.Configuration(
          "A move cannot append, as one that was cut short would do so twice: copy %s and then delete it"
              .formatted(source));
    }
    long started = clock.millis();
    TransferReceipt.Builder receipt =
        TransferReceipt.builder().source(Location.of(source)).started(clock.instant()).renamed();
    try (DirectoryHandle from = DirectoryHandle.open(parent(source));
        DirectoryHandle to = DirectoryHandle.open(parent(target))) {
      requireMovable(source, from);
      requireOther(source, target, to);
      if (!options.preserveMode()
          || options.expected().isPresent()
          || hasOtherNames(source)
          || !isOneFileSystem(from, to)) {
        return Optional.empty();
      }
      Optional<String> name = rename(source, from, target, to, options, receipt, wanted);
      return name.map(
          each ->
              receipt
                  .target(Location.of(target.resolveSibling(each)))
                  .duration(Duration.ofMillis(clock.millis() - started))
                  .build());
    } catch (AccessDeniedException e) {
      throw TransferException.LocalFile.failed(
          source,
          "Cannot move %s to %s: permission denied; let this user read the file and write to the directories of both"
              .formatted(source, target),
          e);
    } catch (IOException e) {
      throw LocalFailures.translate(e instanceof FileAlreadyExistsException ? target : source, e);
    }
  }

  private static Optional<String> rename(
      Path source,
      DirectoryHandle from,
      Path target,
      DirectoryHandle to,
      TransferOptions options,
      TransferReceipt.Builder receipt,
      Consumer<SourceIdentity> wanted)
      throws IOException {
    String name = name(source);
    try (SourceFile file = SourceFile.open(from, name)) {
      wanted.accept(file.identity());
      receipt.bytes(file.identity().sizeBytes()).verification(Verification.SIZE_MTIME).bytesSent(0);
      if (options.digest().isPresent()) {
        receipt.digest(file.digest(options.digest().get()));
      }
      file.force();
      file.requireUnchanged();
      String given;
      try {
        given = FreeName.move(from, name, to, name(target), options.targetPolicy());
      } catch (AtomicMoveNotSupportedException e) {
        return Optional.empty(); // two mounts of one file system
      }
      to.force();
      from.force();
      boolean isThatFile =
          to.attributes(given)
              .map(SourceFile::identity)
              .filter(file.identity()::equals)
              .isPresent();
      if (!isThatFile) {
        throw new IntegrityException(
            "%s changed while it was moved, and is %s now"
                .formatted(source, to.path().resolve(given)),
            file.identity().toString(),
            to.attributes(given).map(SourceFile::identity).toString());
      }
      return Optional.of(given);
    }
  }

  private static void requireMovable(Path source, DirectoryHandle from) throws IOException {
    BasicFileAttributes found =
        from.attributes(name(source)).orElseThrow(() -> new NoSuchFileException(source.toString()));
    if (found.isSymbolicLink()) {
      throw refused(
          "%s is a symbolic link: to move it would leave the file where it is; name what it leads to, or copy it"
              .formatted(source));
    }
    if (found.isDirectory()) {
      throw refused("%s is a directory; move the files that are in it".formatted(source));
    }
    if (!found.isRegularFile()) {
      throw refused(source + " is not a regular file");
    }
  }

  private static void requireOther(Path source, Path target, DirectoryHandle to)
      throws IOException {
    Optional<BasicFileAttributes> there = to.attributes(name(target));
    if (there.isPresent() && there.get().isDirectory()) {
      throw refused(
          "%s is a directory; name the file that %s is to become in it".formatted(target, source));
    }
    if (there.isPresent() && Files.exists(target) && Files.isSameFile(source, target)) {
      throw new TransferException.Configuration(
          "Source and target are the same file: " + source + " and " + target);
    }
  }

  // whoever holds another name could write to what has been delivered
  private static boolean hasOtherNames(Path source) throws IOException {
    return source.getFileSystem().supportedFileAttributeViews().contains("unix")
        && (int) Files.getAttribute(source, LINK_COUNT, LinkOption.NOFOLLOW_LINKS) > 1;
  }

  private static boolean isOneFileSystem(DirectoryHandle from, DirectoryHandle to)
      throws IOException {
    return Files.getFileStore(from.path()).equals(Files.getFileStore(to.path()));
  }

  private static TransferException.Refused refused(String why) {
    return new TransferException.Refused(0, false, why, null);
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  private static String name(Path file) {
    Path name = file.toAbsolutePath().getFileName();
    if (name == null) {
      throw new TransferException.Configuration("Not a file name: " + file);
    }
    return name.toString();
  }
}
