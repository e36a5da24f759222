package io.waybill.transfer.ftp;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.PartName;
import java.io.IOException;
import java.util.Optional;

/**
 * Renames an uploaded part file to its final name. It may be run again after the connection was
 * lost at any point: it looks what is there, and goes on from that.
 */
final class FtpPublish {
  private final String part;
  private final String remote;
  private final String aside;
  private final long size;
  private final TargetPolicy policy;
  private boolean asked;

  FtpPublish(String part, String remote, long size, TargetPolicy policy) {
    this.part = part;
    this.remote = remote;
    this.aside =
        part.substring(0, part.length() - PartName.SUFFIX.length()) + ".old" + PartName.SUFFIX;
    this.size = size;
    this.policy = policy;
  }

  void run(FtpConnection connection) throws IOException {
    Optional<FileEntry> there = connection.stat(remote);
    if (asked && connection.stat(part).isEmpty()) {
      requireDone(there);
    } else {
      if (policy == TargetPolicy.FAIL && there.isPresent()) {
        throw new TransferException.Refused(
            0, false, remote + " exists already and the target policy is FAIL", null);
      }
      asked = true;
      try {
        connection.rename(part, remote);
      } catch (FtpReplyException e) {
        if (there.isEmpty()) {
          throw e;
        }
        replace(connection, e);
      }
    }
    if (connection.stat(aside).isPresent()) {
      connection.delete(aside);
    }
  }

  private void requireDone(Optional<FileEntry> there) {
    if (there.filter(each -> each.isFile() && each.sizeBytes() == size).isEmpty()) {
      throw new TransferException.Ambiguous(
          remote,
          "The connection was lost while %s was renamed to %s, and neither is there now"
              .formatted(part, remote),
          null);
    }
  }

  // some servers do not rename over a file: the old one steps aside, and back if need be
  private void replace(FtpConnection connection, FtpReplyException refusal) throws IOException {
    if (connection.stat(aside).isPresent()) {
      connection.delete(aside);
    }
    connection.rename(remote, aside);
    try {
      connection.rename(part, remote);
    } catch (FtpReplyException second) {
      second.addSuppressed(refusal);
      try {
        connection.rename(aside, remote);
      } catch (FtpReplyException third) {
        second.addSuppressed(third);
      }
      throw second;
    }
  }
}
