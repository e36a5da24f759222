package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Fetches a file to compute its digest: chunks come in any order, so that it needs a place. */
final class ReadDigest {
  private ReadDigest() {}

  static Digest of(FileTransfer transfer, String remotePath, Digest.Algorithm algorithm) {
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      directory = Files.createTempDirectory("waybill-digest-");
      Path file = directory.resolve("file");
      try {
        transfer.download(
            remotePath, file, TransferOptions.builder().targetPolicy(TargetPolicy.REPLACE).build());
        try (SourceFile fetched = SourceFile.open(file)) {
          return fetched.digest(algorithm);
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
