package io.waybill.transfer.file;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.waybill.transfer.chunk.ChunkLayout;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The bytes of a part file, chunk by chunk; knows nothing of which are good. */
final class PartData implements Closeable {
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
    FileChannel channel = directory.openFile(name, CREATE, READ, WRITE);
    return new PartData(directory.path().resolve(name), layout, channel);
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

  void write(int index, ByteBuffer from) throws IOException {
    write(from, layout.offsetOf(index));
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

  void read(int index, ByteBuffer into) throws IOException {
    long offset = layout.offsetOf(index);
    int length = layout.lengthOf(index);
    ByteBuffer window = into.slice(into.position(), length);
    while (window.hasRemaining()) {
      if (channel.read(window, offset + window.position()) < 0) {
        requireWholeLength();
      }
    }
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
