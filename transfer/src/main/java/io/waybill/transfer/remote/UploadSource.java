package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TransferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * What an upload sends: one version of some content. Every method throws a {@link
 * TransferException} that is the source's own trouble, not that of the target's session.
 */
public interface UploadSource extends AutoCloseable {
  /** Returns which version of the content this is. */
  SourceIdentity identity();

  /** Returns its permission bits, if they are known. */
  OptionalInt mode();

  /** Returns where it is, for receipts. */
  Location location();

  /** Returns where it is, for a person; without what may be a secret. */
  default String shown() {
    return location().toString();
  }

  /** Returns where it is, the same text at each try. */
  String place();

  /** Gives the content from a position on. */
  ByteSupply from(long offset);

  /**
   * Reads a stretch of it at once.
   *
   * @param to behind the last byte
   * @param sink gets each byte of the stretch, unless it wants no more
   */
  void read(long from, long to, ByteSink sink) throws IOException;

  /** Reads all of it. */
  Digest digest(Digest.Algorithm algorithm);

  /**
   * Returns all of it, of a version that does not change meanwhile.
   *
   * @throws TransferException.Refused if it is longer than that
   */
  default byte[] content(int mostBytes) {
    long size = identity().sizeBytes();
    if (size > mostBytes) {
      throw new TransferException.Refused(
          0,
          false,
          "%s has %d bytes, and %d is the most that is read of its kind"
              .formatted(shown(), size, mostBytes),
          null);
    }
    ByteBuffer content = ByteBuffer.allocate((int) size);
    try {
      read(
          0,
          size,
          (bytes, length) -> {
            content.put(bytes, 0, length);
            return true;
          });
    } catch (IOException e) {
      throw new IllegalStateException("Memory takes what it has room for", e);
    }
    requireUnchanged();
    return content.array();
  }

  /** Checks that the content still is the version that was opened. */
  void requireUnchanged();

  /** Returns how often the connection to the source was lost and made again; by default never. */
  default int reconnects() {
    return 0;
  }

  @Override
  void close();
}
