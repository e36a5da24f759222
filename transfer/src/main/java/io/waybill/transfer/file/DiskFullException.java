package io.waybill.transfer.file;

import java.io.IOException;
import java.io.Serial;
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
    String message = String.valueOf(failure.getMessage());
    if (message.contains("No space left on device")
        || message.contains("Disk quota exceeded")
        || message.contains("not enough space on the disk")) {
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
}
