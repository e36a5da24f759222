package io.waybill.jobs.step;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.wire.ErrorCode;
import java.util.Optional;

/** Looks at what a server has, as far as the user may. */
final class RemoteLook {
  private RemoteLook() {}

  /**
   * Returns what is at a path. For a user who may read or write and not look, that is a file of
   * which nothing is known, unless a slash at the path's end says that a directory is meant.
   *
   * @throws TransferException if it cannot be told
   */
  static Optional<FileEntry> at(FileTransfer session, String path) {
    try {
      return session.stat(path);
    } catch (TransferException.Refused e) {
      if (e.code() != ErrorCode.ACCESS_DENIED.wire() || path.isEmpty() || path.endsWith("/")) {
        throw e;
      }
      return Optional.of(
          new FileEntry(path, FileEntry.Kind.FILE, FileEntry.UNKNOWN_SIZE, Optional.empty()));
    }
  }
}
