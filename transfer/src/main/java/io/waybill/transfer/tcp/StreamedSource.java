package io.waybill.transfer.tcp;

import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.ChunkSource;
import io.waybill.transfer.file.IntegrityException;
import io.waybill.transfer.remote.ByteSupply;
import io.waybill.transfer.remote.UploadSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A file that is read in order as its chunks are sent, from an endpoint where going elsewhere means
 * to begin a new read: the spot checks of a resume, and a chunk that arrived damaged. A small gap
 * is read over.
 */
final class StreamedSource implements ChunkSource {
  private static final int BLOCK_BYTES = 256 << 10;
  private static final long SMALL_GAP_BYTES = 8 << 20;

  private final UploadSource source;
  private final byte[] block = new byte[BLOCK_BYTES];
  private @Nullable ByteSupply supply;
  private long at;

  /**
   * Prepares.
   *
   * @param source stays the caller's to close
   */
  StreamedSource(UploadSource source) {
    this.source = source;
  }

  /** The source could not be read, so that another connection to the target is no help. */
  static final class SourceFailedException extends IOException {
    private static final long serialVersionUID = 1L;
    private final TransferException failure;

    SourceFailedException(TransferException failure) {
      super(failure.getMessage(), failure);
      this.failure = failure;
    }

    TransferException failure() {
      return failure;
    }
  }

  @Override
  public SourceIdentity identity() {
    return source.identity();
  }

  @Override
  public synchronized void read(long offset, ByteBuffer into) throws IOException {
    try {
      ByteSupply open = at(offset);
      while (into.hasRemaining()) {
        int length = next(open, into.remaining());
        into.put(block, 0, length);
      }
    } catch (TransferException e) {
      supply = null;
      throw new SourceFailedException(e);
    }
  }

  private ByteSupply at(long offset) throws IOException {
    ByteSupply open = supply;
    if (open == null || offset < at || offset - at > SMALL_GAP_BYTES) {
      open = source.from(offset);
      supply = open;
      at = offset;
    }
    while (at < offset) {
      next(open, offset - at);
    }
    return open;
  }

  // the last part of a chunk is smaller than a block
  private int next(ByteSupply open, long most) throws IOException {
    int length = (int) Math.min(block.length, most);
    int filled;
    if (length == block.length) {
      filled = open.fill(block);
    } else {
      byte[] part = new byte[length];
      filled = open.fill(part);
      System.arraycopy(part, 0, block, 0, filled);
    }
    if (filled < length) {
      throw new IntegrityException(
          source.location().toString(), identity().sizeBytes() + " bytes", at + filled + " bytes");
    }
    at += length;
    return length;
  }

  @Override
  public void requireUnchanged() throws IOException {
    try {
      source.requireUnchanged();
    } catch (TransferException.Integrity e) {
      IntegrityException changed =
          new IntegrityException(source.location().toString(), e.expected(), e.actual());
      changed.initCause(e);
      throw changed;
    } catch (TransferException e) {
      throw new SourceFailedException(e);
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
