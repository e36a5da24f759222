package io.waybill.transfer.file;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** There is no room left, or the quota is used up; what was written is kept. */
public final class DiskFullException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** Tells what could not be written. */
  public DiskFullException(Path file, IOException cause) {
    super("Disk or quota full while writing " + file, cause);
  }

  /**
   * Recognises a full disk behind an exception of a write; returns any other unchanged. The text is
   * that of ENOSPC and EDQUOT; as the system may speak another language, the room left is looked at
   * as well.
   */
  static IOException recognise(IOException failure, Path file, long wantedBytes) {
    if (failure instanceof DiskFullException) {
      return failure;
    }
    if (isSaidBy(failure)) {
      return new DiskFullException(file, failure);
    }
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null && Files.getFileStore(directory).getUsableSpace() < wantedBytes) {
        return new DiskFullException(file, failure);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  /**
   * Says whether a failure is that of a full disk or quota by its text, also one of making a file
   * or a directory, for which there may be no room either.
   */
  public static boolean isSaidBy(IOException failure) {
    if (failure instanceof DiskFullException) {
      return true;
    }
    // not the message of these, in which a file's name is
    String text =
        String.valueOf(
            failure instanceof FileSystemException detailed
                ? detailed.getReason()
                : failure.getMessage());
    return text.contains("No space left on device")
        || text.contains("Disk quota exceeded")
        || text.contains("not enough space on the disk");
  }
}
