import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The bare loop of a tree: each file is opened, read, and written under its name in the directory
 * that it had, with nothing else about it kept, one after the other. On the way there is a length
 * of a name (4 bytes), a length (8), the name and the content, and nothing waits for an answer.
 */
final class TreeLoop {
  private static final int LENGTHS = Integer.BYTES + Long.BYTES;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
  private final Loop.Step way;
  private final Loop.Sums sums;

  /**
   * Prepares one end.
   *
   * @param way writes what is in a buffer at the one end, or reads into it at the other
   * @param sums of all content
   */
  TreeLoop(Loop.Step way, Loop.Sums sums) {
    this.way = way;
    this.sums = sums;
  }

  void send(Path from) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(from)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      byte[] name = from.relativize(file).toString().getBytes(StandardCharsets.UTF_8);
      if (buffer.remaining() < LENGTHS + name.length) {
        flush();
      }
      try (FileChannel source = FileChannel.open(file)) {
        long left = source.size();
        buffer.putInt(name.length).putLong(left).put(name);
        while (left > 0) {
          if (!buffer.hasRemaining()) {
            flush();
          }
          int at = buffer.position();
          buffer.limit((int) Math.min(buffer.capacity(), at + left));
          int came = source.read(buffer);
          buffer.limit(buffer.capacity());
          if (came < 0) {
            throw new EOFException("within " + file);
          }
          sums.add(buffer.slice(at, came));
          left -= came;
        }
      }
    }
    flush();
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      way.with(buffer);
    }
    buffer.clear();
  }

  void receive(Path to, boolean isForced) throws IOException {
    buffer.limit(0);
    Path directory = null;
    while (has(LENGTHS)) {
      byte[] name = new byte[buffer.getInt()];
      long left = buffer.getLong();
      has(name.length);
      buffer.get(name);
      Path file = to.resolve(new String(name, StandardCharsets.UTF_8));
      if (!file.getParent().equals(directory)) {
        directory = Files.createDirectories(file.getParent());
      }
      try (FileChannel target =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        while (left > 0) {
          has(1);
          ByteBuffer piece =
              buffer.slice(buffer.position(), (int) Math.min(buffer.remaining(), left));
          sums.add(piece.duplicate());
          left -= piece.remaining();
          buffer.position(buffer.position() + piece.remaining());
          while (piece.hasRemaining()) {
            target.write(piece);
          }
        }
        if (isForced) {
          target.force(true);
        }
      }
    }
  }

  // false at the end; so many bytes are in the buffer else
  private boolean has(int bytes) throws IOException {
    while (buffer.remaining() < bytes) {
      buffer.compact();
      int came = way.with(buffer);
      buffer.flip();
      if (came < 0) {
        return false;
      }
    }
    return true;
  }
}
