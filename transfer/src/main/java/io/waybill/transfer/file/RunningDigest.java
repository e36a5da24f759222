package io.waybill.transfer.file;

import io.waybill.transfer.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The plain digest of a part file, fed with each chunk that comes right after the last one fed; the
 * rest is read once, at the end.
 */
final class RunningDigest {
  private final Digest.Algorithm algorithm;
  private PlainDigest digest;
  private int next;
  private @Nullable Digest result;

  RunningDigest(Digest.Algorithm algorithm) {
    this.algorithm = algorithm;
    this.digest = new PlainDigest(algorithm);
  }

  Digest.Algorithm algorithm() {
    return algorithm;
  }

  /** Takes a chunk that was written, if it is the next one; the buffer's position stays. */
  synchronized void written(int index, ByteBuffer chunk) {
    if (index == next) {
      digest.update(chunk);
      next++;
    }
  }

  /** Takes a chunk of zeros, if it is the next one. */
  synchronized void zero(int index, int length) {
    if (index == next) {
      PartData.eachZeros(length, digest::update);
      next++;
    }
  }

  /** Starts over if a chunk that was fed is taken back. */
  synchronized void forgotten(int index) {
    result = null;
    if (index < next) {
      digest = new PlainDigest(algorithm);
      next = 0;
    }
  }

  /** Reads what was not fed, checked against the chunks' CRC32C, and returns the digest. */
  synchronized Digest finish(PartFile part) throws IOException {
    Digest known = result;
    if (known == null) {
      int count = part.layout().chunkCount();
      while (next < count) {
        PartCheck.checkCrc32c(part, next, digest::update);
        next++;
      }
      known = digest.digest();
      result = known;
    }
    return known;
  }

  /** Returns how many chunks from the first one on need no reading. */
  synchronized int fed() {
    return next;
  }
}
