package io.waybill.transfer.file;

import io.waybill.transfer.Digest;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import org.jspecify.annotations.Nullable;

/**
 * Writes a part file in order: cuts what comes into chunks, computes plain digests of the whole on
 * the way, and checks what an earlier writer left before it builds on it. A chunk is hashed by
 * another thread while it is written and the next one comes. Closing it closes nothing; an
 * unfinished chunk is then lost.
 */
public final class PartAppender extends OutputStream {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private final PartFile part;
  private final ChunkLayout layout;
  private final List<PlainDigest> digests;
  private final boolean isHashedAside;
  private ByteBuffer buffer;
  private ByteBuffer spare;
  private @Nullable ForkJoinTask<?> hashing; // of the spare one
  private int index;

  PartAppender(PartFile part, List<Digest.Algorithm> algorithms) throws IOException {
    this.part = part;
    this.layout = part.layout();
    this.digests = algorithms.stream().map(PlainDigest::new).toList();
    int room = (int) Math.min(layout.chunkBytes(), layout.sizeBytes());
    this.buffer = ByteBuffer.allocate(room);
    this.isHashedAside = !digests.isEmpty() && layout.chunkCount() > 1 && PROCESSORS > 1;
    this.spare = isHashedAside ? ByteBuffer.allocate(room) : buffer;
    int first = part.have().nextMissing(0);
    this.index = first < 0 ? layout.chunkCount() : first;
    PartCheck.check(part, index, chunk -> digests.forEach(each -> each.update(chunk)));
    prepare();
  }

  private void prepare() {
    buffer.clear();
    if (index < layout.chunkCount()) {
      buffer.limit(layout.lengthOf(index));
    }
  }

  /** Returns the number of bytes so far: where the next byte goes. */
  public long position() {
    return index < layout.chunkCount()
        ? layout.offsetOf(index) + buffer.position()
        : layout.sizeBytes();
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  /**
   * Takes the next bytes.
   *
   * @throws IntegrityException if there are more than the file has
   */
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length > layout.sizeBytes() - position()) {
      throw new IntegrityException(
          "Length of " + part.target(),
          Long.toString(layout.sizeBytes()),
          "more than " + layout.sizeBytes());
    }
    int taken = 0;
    while (taken < length) {
      int step = Math.min(buffer.remaining(), length - taken);
      buffer.put(bytes, offset + taken, step);
      taken += step;
      if (!buffer.hasRemaining()) {
        finishChunk();
      }
    }
  }

  private void finishChunk() throws IOException {
    ByteBuffer chunk = buffer;
    chunk.flip();
    hash(chunk);
    if (ChunkContent.isAllZero(chunk)) {
      part.zero(index);
    } else {
      part.write(index, chunk, ChunkContent.crc32c(chunk));
    }
    // chunks beyond a gap may be there already; what comes in order is written over them
    index++;
    buffer = spare;
    spare = chunk;
    prepare();
  }

  private void hash(ByteBuffer chunk) throws InterruptedIOException {
    awaitHashing();
    ByteBuffer content = chunk.duplicate();
    if (!isHashedAside) {
      digests.forEach(each -> each.update(content));
    } else {
      hashing =
          ForkJoinPool.commonPool().submit(() -> digests.forEach(each -> each.update(content)));
    }
  }

  private void awaitHashing() throws InterruptedIOException {
    ForkJoinTask<?> last = hashing;
    if (last == null) {
      return;
    }
    try {
      last.get();
      hashing = null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("Interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      throw new IllegalStateException("Hashing cannot fail", e.getCause());
    }
  }

  /** Reads back the last bytes before {@link #position()}, at most {@code room} of them. */
  public byte[] tail(int room) throws IOException {
    int inBuffer = index < layout.chunkCount() ? buffer.position() : 0;
    if (inBuffer >= room || index == 0) {
      int length = Math.min(room, inBuffer);
      byte[] tail = new byte[length];
      buffer.get(inBuffer - length, tail);
      return tail;
    }
    ByteBuffer last = ByteBuffer.allocate(layout.lengthOf(index - 1));
    part.read(index - 1, last);
    int fromLast = Math.min(room - inBuffer, last.capacity());
    byte[] tail = new byte[fromLast + inBuffer];
    last.get(last.capacity() - fromLast, tail, 0, fromLast);
    buffer.get(0, tail, fromLast, inBuffer);
    return tail;
  }

  /**
   * Returns one of the digests asked for; call it once, at the end.
   *
   * @throws IllegalStateException if bytes are missing
   * @throws IllegalArgumentException if it was not asked for
   */
  public Digest digest(Digest.Algorithm algorithm) {
    if (position() != layout.sizeBytes()) {
      throw new IllegalStateException(
          "Only %d of %d bytes are there".formatted(position(), layout.sizeBytes()));
    }
    if (hashing != null) {
      hashing.join();
      hashing = null;
    }
    return digests.stream()
        .filter(each -> each.algorithm() == algorithm)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(algorithm + " was not asked for"))
        .digest();
  }
}
