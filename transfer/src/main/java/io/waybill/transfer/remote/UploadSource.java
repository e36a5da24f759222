package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.PlainDigest;
import java.util.OptionalInt;

/**
 * What an upload sends: one version of some content. Every method throws a {@link
 * TransferException} that is the source's own trouble, not that of the target's session.
 */
interface UploadSource extends AutoCloseable {
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

  /** Returns some bytes of it. */
  byte[] bytes(long offset, int length);

  /** Reads its first bytes into a digest that can go on from there. */
  PlainDigest digest(Digest.Algorithm algorithm, long firstBytes);

  /** Reads all of it. */
  Digest digest(Digest.Algorithm algorithm);

  /** Checks that the content still is the version that was opened. */
  void requireUnchanged();

  @Override
  void close();
}
