package io.waybill.jobs.step;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.sidecar.SidecarFile;
import io.waybill.transfer.sidecar.SidecarFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reads sidecars of any place; never more than {@link SidecarFile#MOST_BYTES} of one. */
final class SidecarReader {
  private SidecarReader() {}

  /**
   * Reads one.
   *
   * @throws TransferException.NotFound if there is none
   * @throws TransferException.Refused if it is too long
   * @throws TransferException.Integrity if it is malformed; no line of it counts then
   */
  static SidecarFile read(Place place, Sessions sessions) {
    byte[] content = content(place, sessions);
    String name = SidecarFinder.last(SidecarFinder.path(place));
    try {
      return SidecarFile.parse(name, new ByteArrayInputStream(content));
    } catch (SidecarFormatException e) {
      throw new TransferException.Integrity(
          place.toString(),
          "a sidecar",
          "something else",
          "the sidecar %s cannot be believed: %s".formatted(place, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new IllegalStateException("it is in memory", e);
    }
  }

  /** Reads the bytes of one. */
  static byte[] content(Place place, Sessions sessions) {
    return place instanceof Place.Local local
        ? local(local.toPath())
        : sessions.to(place).orElseThrow().read(place.path(), SidecarFile.MOST_BYTES);
  }

  private static byte[] local(Path path) {
    try (SourceFile file = SourceFile.open(path)) {
      long size = file.identity().sizeBytes();
      if (size > SidecarFile.MOST_BYTES) {
        throw new TransferException.Refused(
            0,
            false,
            "%s has %d bytes, and %d is the most that is read of its kind"
                .formatted(path, size, SidecarFile.MOST_BYTES),
            null);
      }
      byte[] content = new byte[(int) size];
      file.read(0, ByteBuffer.wrap(content));
      file.requireUnchanged();
      return content;
    } catch (IOException e) {
      throw LocalFailures.translate(path, e);
    }
  }
}
