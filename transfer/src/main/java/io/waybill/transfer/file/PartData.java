package io.waybill.transfer.file;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Consumer;

/** The bytes of a part file, chunk by chunk; knows nothing of which are good. */
final class PartData implements Closeable {
  private static final ByteBuffer ZEROS = ByteBuffer.allocate(64 << 10).asReadOnlyBuffer();

  // smaller holes would cut ordinary files that hold zeros here and there into many extents: with
  // 4 KiB a file of which every second block is zero took four times as long on ext4
  private static final int BLOCK_BYTES = 64 << 10;

  private static final int OWN_MODE = 0600;

  private final Path path;
  private final ChunkLayout layout;
  private final FileChannel channel;

  private PartData(Path path, ChunkLayout layout, FileChannel channel) {
    this.path = path;
    this.layout = layout;
    this.channel = channel;
  }

  static PartData open(DirectoryHandle directory, String name, ChunkLayout layout)
      throws IOException {
    return new PartData(directory.path().resolve(name), layout, openFile(directory, name));
  }

  // one whose source is read-only has its mode already if the end came just before it got its name
  private static FileChannel openFile(DirectoryHandle directory, String name) throws IOException {
    try {
      return directory.openFile(name, CREATE, READ, WRITE);
    } catch (AccessDeniedException e) {
      if (directory.attributes(name).filter(BasicFileAttributes::isRegularFile).isEmpty()) {
        throw e;
      }
      try {
        directory.setMode(name, OWN_MODE);
      } catch (IOException second) {
        e.addSuppressed(second);
        throw e;
      }
      return directory.openFile(name, CREATE, READ, WRITE);
    }
  }

  /** Makes it all zeros, of full length: a shorter file is then one that somebody else cut. */
  void startOver() throws IOException {
    channel.truncate(0);
    if (layout.sizeBytes() > 0) {
      write(ByteBuffer.allocate(1), layout.sizeBytes() - 1);
    }
  }

  boolean isWholeLength() throws IOException {
    return channel.size() == layout.sizeBytes();
  }

  void requireWholeLength() throws IOException {
    if (!isWholeLength()) {
      throw new IntegrityException(
          "Length of " + path, Long.toString(layout.sizeBytes()), Long.toString(channel.size()));
    }
  }

  /**
   * Writes a chunk; blocks of zeros within it are left out, so that they become holes.
   *
   * @param isUntouchedZero whether all that was not written yet is zero; else such blocks are
   *     looked at first
   */
  void write(int index, ByteBuffer from, boolean isUntouchedZero) throws IOException {
    long base = layout.offsetOf(index) - from.position();
    int end = from.limit();
    int at = from.position();
    while (at < end) {
      int stop = endOfRun(from, at, false);
      if (stop > at) {
        write(from.slice(at, stop - at), base + at);
      }
      at = endOfRun(from, stop, true);
      if (!isUntouchedZero) {
        zero(base + stop, base + at);
      }
    }
  }

  /** Returns where the first block begins that is zero, or is not, from {@code start} on. */
  private static int endOfRun(ByteBuffer bytes, int start, boolean isZero) {
    int at = start;
    while (at < bytes.limit()) {
      int stop = Math.min(at + BLOCK_BYTES, bytes.limit());
      if (ChunkContent.isAllZero(bytes, at, stop) != isZero) {
        return at;
      }
      at = stop;
    }
    return at;
  }

  private void write(ByteBuffer from, long offset) throws IOException {
    long end = offset + from.remaining();
    try {
      while (from.hasRemaining()) {
        channel.write(from, end - from.remaining());
      }
    } catch (IOException e) {
      throw DiskFullException.recognise(e, path, from.remaining());
    }
  }

  /** Makes a chunk all zero, writing only where it is not. */
  void zero(int index) throws IOException {
    zero(layout.offsetOf(index), layout.offsetOf(index) + layout.lengthOf(index));
  }

  private void zero(long start, long end) throws IOException {
    ByteBuffer there = ByteBuffer.allocate((int) Math.min(ZEROS.capacity(), end - start));
    for (long at = start; at < end; at += there.limit()) {
      there.clear().limit((int) Math.min(there.capacity(), end - at));
      readFully(there, at);
      if (!ChunkContent.isAllZero(there.flip())) {
        write(ZEROS.slice(0, there.limit()), at);
      }
    }
  }

  /** Hands zeros on, in pieces, until there were {@code length} of them. */
  static void eachZeros(int length, Consumer<ByteBuffer> to) {
    for (int left = length; left > 0; left -= ZEROS.capacity()) {
      to.accept(ZEROS.slice(0, Math.min(left, ZEROS.capacity())));
    }
  }

  /** Appends all its bytes to another file. */
  void copyTo(FileChannel other) throws IOException {
    FileCopy.append(channel, layout.sizeBytes(), other);
  }

  private void readFully(ByteBuffer into, long offset) throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into, offset + into.position()) < 0) {
        requireWholeLength();
      }
    }
  }

  void read(int index, ByteBuffer into) throws IOException {
    long offset = layout.offsetOf(index);
    int length = layout.lengthOf(index);
    ByteBuffer window = into.slice(into.position(), length);
    readFully(window, offset);
    into.position(into.position() + length);
  }

  void force(boolean attributesToo) throws IOException {
    channel.force(attributesToo);
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
