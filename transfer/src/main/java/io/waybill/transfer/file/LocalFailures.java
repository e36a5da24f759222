package io.waybill.transfer.file;

import io.waybill.transfer.TransferException;
import java.io.File;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Turns what this package throws into what callers of a transfer see. */
public final class LocalFailures {
  private LocalFailures() {}

  /**
   * Translates a failure of reading or writing a local file.
   *
   * @param path the file as the caller named it
   */
  public static TransferException translate(Path path, IOException failure) {
    if (DiskFullException.isSaidBy(failure)) {
      return TransferException.LocalFile.diskFull(path, failure);
    }
    if (failure instanceof PartFileBusyException) {
      return TransferException.LocalFile.busy(path, failure);
    }
    if (failure instanceof ClosedByInterruptException) {
      return TransferException.LocalFile.interrupted(path, failure);
    }
    if (failure instanceof IntegrityException differs) {
      return new TransferException.Integrity(
          path.toString(), differs.expected(), differs.actual(), message(differs), failure);
    }
    if (failure instanceof NoSuchFileException missing) {
      return new TransferException.NotFound(
          missing.getFile(), "No such file or directory: " + missing.getFile(), failure);
    }
    if (failure instanceof FileAlreadyExistsException) {
      return new TransferException.Refused(
          0, false, path + " exists already and the target policy is FAIL", failure);
    }
    if (failure instanceof UnsafePathException) {
      return new TransferException.Refused(0, false, message(failure), failure);
    }
    return TransferException.LocalFile.failed(
        path, "Cannot work on " + path + ": " + why(failure), failure);
  }

  /** Says why a local file could not be read or written, and what to do if that is known. */
  public static String why(IOException failure) {
    // through an open directory only a name is told, which may be that of a part file
    String file =
        failure instanceof FileSystemException named
                && named.getFile() != null
                && new File(named.getFile()).isAbsolute()
            ? " at " + named.getFile()
            : "";
    if (failure instanceof LinkRefusedException) {
      return "the way leads through a symbolic link%s, which is not followed; put a directory in its place, or name another target"
          .formatted(file);
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied%s; let this user read and write there, or name another place"
          .formatted(file);
    }
    String reason =
        failure instanceof FileSystemException detailed
            ? String.valueOf(detailed.getReason())
            : message(failure);
    if (reason.contains("Read-only file system")) {
      return "the file system%s is read-only; mount it for writing, or name another target"
          .formatted(file);
    }
    if (reason.contains("Input/output error")) {
      return "the disk or share reports an input/output error%s; the system's log says which, and what was written before is kept"
          .formatted(file);
    }
    if (reason.contains("File too large")) {
      return "the file system%s, or this user's limit, does not take a file so large; name another target"
          .formatted(file);
    }
    if (reason.contains("Stale file handle")) {
      return "the share%s was taken away and made again meanwhile; mount it again".formatted(file);
    }
    return message(failure);
  }

  private static String message(IOException failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
