package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Fetches a file to read it: chunks come in any order, so that it needs a place. */
final class FetchedFile {
  private FetchedFile() {}

  /** Reads what was fetched. */
  @FunctionalInterface
  private interface Reading<T> {
    T of(SourceFile fetched) throws IOException;
  }

  static Digest digest(FileTransfer transfer, String remotePath, Digest.Algorithm algorithm) {
    return read(transfer, remotePath, fetched -> fetched.digest(algorithm));
  }

  static byte[] content(FileTransfer transfer, String remotePath, int mostBytes) {
    requireSmallThere(transfer, remotePath, mostBytes);
    return read(
        transfer,
        remotePath,
        fetched -> {
          long size = fetched.identity().sizeBytes();
          requireSmall(remotePath, size, mostBytes);
          byte[] content = new byte[(int) size];
          fetched.read(0, ByteBuffer.wrap(content));
          return content;
        });
  }

  // asked before: what is too long is not even fetched
  private static void requireSmallThere(FileTransfer transfer, String remotePath, int mostBytes) {
    Optional<FileEntry> there;
    try {
      there = transfer.stat(remotePath);
    } catch (TransferException.Refused e) {
      if (e.isTransient()) {
        throw e;
      }
      return; // a user may read and not look: the length is checked once it is here
    }
    there.ifPresent(each -> requireSmall(remotePath, each.sizeBytes(), mostBytes));
  }

  private static void requireSmall(String remotePath, long size, int mostBytes) {
    if (size > mostBytes) {
      throw new TransferException.Refused(
          0,
          false,
          "%s has %d bytes, and %d is the most that is read of its kind"
              .formatted(remotePath, size, mostBytes),
          null);
    }
  }

  private static <T> T read(FileTransfer transfer, String remotePath, Reading<T> reading) {
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      directory = Files.createTempDirectory("waybill-fetched-");
      Path file = directory.resolve("file");
      try {
        transfer.download(
            remotePath, file, TransferOptions.builder().targetPolicy(TargetPolicy.REPLACE).build());
        try (SourceFile fetched = SourceFile.open(file)) {
          return reading.of(fetched);
        }
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      throw LocalFailures.translate(directory, e);
    }
  }
}
