package io.waybill.transfer.sidecar;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.SourceFile;
import java.io.IOException;
import java.nio.file.Path;

/** Compares local files with what sidecars say of them. */
public final class SidecarCheck {
  private SidecarCheck() {}

  /**
   * Reads a file and compares.
   *
   * @param file the file itself; the sidecar's name for it does not count
   * @throws TransferException.Integrity if its digest is another, or it changed meanwhile
   * @throws TransferException.NotFound if there is no such file
   * @throws TransferException.LocalFile if it cannot be read
   */
  public static void verify(Path file, Sidecar sidecar) {
    Digest actual;
    try (SourceFile source = SourceFile.open(file)) {
      actual = source.digest(sidecar.algorithm());
      source.requireUnchanged();
    } catch (IOException e) {
      throw LocalFailures.translate(file, e);
    }
    if (!actual.equals(sidecar.digest())) {
      throw new TransferException.Integrity(
          file.toString(),
          sidecar.digest().toString(),
          actual.toString(),
          "%s is not what its sidecar says: it has %s, and should have %s; get both again"
              .formatted(file, actual, sidecar.digest()),
          null);
    }
  }
}
