package io.waybill.transfer.examples;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.file.SafePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Copies one remote tree to this machine: every file verified, or not there. */
final class CopyOneTree {
  private CopyOneTree() {}

  // begin example: copy one tree
  static List<TransferReceipt> copy(FileTransfer remote, String directory, Path target)
      throws IOException {
    List<TransferReceipt> receipts = new ArrayList<>();
    for (FileEntry entry : remote.list(directory, true)) {
      if (entry.isFile()) {
        // the server chose the name: SafePath refuses one that would lead out of the target
        try (SafePath place = SafePath.openMakingParents(target, entry.path())) {
          Path file = place.directory().path().resolve(place.name());
          receipts.add(remote.download(directory + "/" + entry.path(), file));
        }
      } else if (entry.isDirectory()) {
        Files.createDirectories(target.resolve(String.join("/", SafePath.segments(entry.path()))));
      }
    }
    return receipts;
  }
  // end example
}
