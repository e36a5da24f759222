package io.waybill.transfer.file;

import java.io.IOException;
import java.nio.channels.FileChannel;

/** Copies between open files without taking the bytes through the heap. */
final class FileCopy {
  private FileCopy() {}

  /**
   * Copies the first bytes of one file to another's position.
   *
   * @throws IntegrityException if there are fewer
   */
  static void append(FileChannel from, long bytes, FileChannel to) throws IOException {
    long at = 0;
    while (at < bytes) {
      long copied = from.transferTo(at, bytes - at, to);
      if (copied <= 0) {
        throw new IntegrityException(
            "Length of a file that is copied", Long.toString(bytes), Long.toString(at));
      }
      at += copied;
    }
  }
}
