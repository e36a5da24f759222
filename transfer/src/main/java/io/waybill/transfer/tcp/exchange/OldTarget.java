package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.Integrity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.IntegrityException;
import io.waybill.transfer.file.PartFile;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.file.TargetChunks;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The target that is there and will be replaced: what stays equal is taken from it. */
final class OldTarget implements Closeable {
  private final DirectoryHandle directory;
  private final SourceFile file;
  private final ChunkLayout layout;
  private final ChunkLayout own;
  private final int toldChunks;
  private final ChunkLeaves leaves;
  // told before the first chunk comes; a peer that does not wait finds nothing
  private volatile boolean isTold;

  private OldTarget(DirectoryHandle directory, SourceFile file, ChunkLayout layout) {
    this.directory = directory;
    this.file = file;
    this.layout = layout;
    this.own = new ChunkLayout(file.identity().sizeBytes(), layout.chunkBytes());
    this.toldChunks = Math.min(own.chunkCount(), layout.chunkCount() + BaseList.MORE_CHUNKS);
    this.leaves = new ChunkLeaves(toldChunks);
  }

  /** Opens it, if there is one and it shall be used. */
  static @Nullable OldTarget open(Offer offer, Target target) throws IOException {
    Offer.Terms terms = offer.terms();
    boolean isReplaced =
        terms.policy() == TargetPolicy.SKIP_EQUAL || terms.policy() == TargetPolicy.REPLACE;
    if (!terms.has(FrameType.DELTA) || terms.identity() != Integrity.TREE || !isReplaced) {
      return null;
    }
    DirectoryHandle directory = target.directory().open();
    try {
      Optional<BasicFileAttributes> there = directory.attributes(target.name());
      if (there.isEmpty()
          || !there.get().isRegularFile()
          || there.get().size() == 0
          || there.get().size() > ChunkLayout.MAX_FILE_BYTES) {
        directory.close();
        return null;
      }
      SourceFile file = SourceFile.open(directory, target.name());
      return new OldTarget(directory, file, offer.layout());
    } catch (IOException | RuntimeException e) {
      try (directory) {
        throw e;
      }
    }
  }

  /** Reads it and tells what it has, page by page. */
  void tell(Wire wire, long transfer) throws IOException {
    TargetChunks chunks = new TargetChunks(file, layout);
    FieldsBuilder page = null;
    for (int first = 0; first < toldChunks; first += BaseList.PAGE_CHUNKS) {
      FieldsBuilder next = page(chunks, first, wire);
      if (next == null) {
        break;
      }
      if (page != null) {
        wire.send(FrameType.BASE, FrameType.MORE, transfer, page);
      }
      page = next;
    }
    isTold = true;
    if (page != null) {
      wire.send(FrameType.BASE, transfer, page);
    }
  }

  private @Nullable FieldsBuilder page(TargetChunks chunks, int first, Wire wire)
      throws IOException {
    int end = Math.min(first + BaseList.PAGE_CHUNKS, toldChunks);
    ByteArrayOutputStream digests = new ByteArrayOutputStream();
    for (int i = first; i < end; i++) {
      Optional<TargetChunks.Chunk> chunk = next(chunks);
      if (chunk.isEmpty()) {
        break;
      }
      leaves.set(i, chunk.get().crc32c(), chunk.get().leaf());
      digests.writeBytes(chunk.get().leaf());
      wire.keepAlive();
    }
    return digests.size() == 0
        ? null
        : new FieldsBuilder()
            .number(Tag.FIRST, first)
            .bytes(Tag.CHUNK_DIGESTS, digests.toByteArray());
  }

  // somebody may shorten it while it is read: then it has no more
  private static Optional<TargetChunks.Chunk> next(TargetChunks chunks) throws IOException {
    try {
      return chunks.next();
    } catch (IntegrityException shorter) {
      return Optional.empty();
    }
  }

  /**
   * Copies one of its chunks.
   *
   * @return whether it still was what had been told
   * @throws WireException PROTOCOL_VIOLATION if it was not told, or has another length
   */
  boolean copy(PartFile part, int place, int index) throws IOException {
    if (!isTold
        || place < 0
        || place >= toldChunks
        || !leaves.contains(place)
        || own.lengthOf(place) != part.layout().lengthOf(index)) {
      throw WireException.violation(
          "chunk %d is said to be chunk %d of the old target, which was not told"
              .formatted(index, place));
    }
    try {
      part.copyFrom(file, own.offsetOf(place), index, leaves.leaf(place));
      return true;
    } catch (IntegrityException changed) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    try (directory) {
      file.close();
    }
  }
}
