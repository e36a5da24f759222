package io.waybill.jobs.log;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The log of one live run: a file that is made with the first line, for its owner only. What is
 * written stays in a buffer until {@link #flush}. At {@link #MOST_BYTES} the file says so and takes
 * no more; what follows is remembered as far as its last lines, which {@link #close} writes.
 */
final class RunLogFile implements AutoCloseable {
  static final long MOST_BYTES = 16L << 20;
  static final int LAST_BYTES = 256 << 10;

  private static final int BUFFER_BYTES = 32 << 10;

  private final Path path;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  // no channel: a thread that is interrupted would close it, and runs are interrupted
  private @Nullable FileOutputStream file;
  private @Nullable LastLines last;
  private long length;
  private boolean isOver;

  RunLogFile(Path path) {
    this.path = path;
  }

  /** Takes a line; does nothing once the log is closed or could not be written. */
  synchronized void add(byte[] line) throws IOException {
    if (isOver) {
      return;
    }
    try {
      if (file == null) {
        file = open();
        length = Files.size(path);
      }
      if (last == null && length + line.length > MOST_BYTES) {
        write(mark("16 MiB are full: what follows is left out, but for its end"));
        last = new LastLines(LAST_BYTES);
      }
      if (last == null) {
        write(line);
      } else {
        last.add(line);
      }
    } catch (IOException e) {
      throw givenUp(e);
    }
  }

  private void write(byte[] bytes) throws IOException {
    length += bytes.length;
    buffer.writeBytes(bytes);
    if (buffer.size() >= BUFFER_BYTES) {
      empty();
    }
  }

  /** Hands what is in the buffer to the system, which writes it even if this process is killed. */
  synchronized void flush() throws IOException {
    try {
      if (!isOver) {
        empty();
      }
    } catch (IOException e) {
      throw givenUp(e);
    }
  }

  private void empty() throws IOException {
    if (file != null) {
      buffer.writeTo(file);
      buffer.reset();
    }
  }

  /** Writes what is left, and lets go of the file. */
  @Override
  public synchronized void close() throws IOException {
    if (isOver) {
      return;
    }
    try {
      if (last != null) {
        byte[] end = last.bytes();
        if (last.seen() > end.length) {
          write(mark((last.seen() - end.length) + " bytes are left out here"));
        }
        write(end);
      }
      empty();
    } catch (IOException e) {
      throw givenUp(e);
    }
    isOver = true;
    if (file != null) {
      file.close();
    }
  }

  private IOException givenUp(IOException why) {
    isOver = true;
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      why.addSuppressed(e);
    }
    return why;
  }

  private FileOutputStream open() throws IOException {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    Path directory = path.getParent();
    if (directory != null) {
      Files.createDirectories(directory, posix ? owners("rwx------") : anybodys());
    }
    if (!Files.exists(path)) { // of a run that goes on after a restart it is there
      Files.createFile(path, posix ? owners("rw-------") : anybodys());
    }
    return new FileOutputStream(path.toFile(), true);
  }

  private static FileAttribute<?>[] owners(String permissions) {
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }

  private static FileAttribute<?>[] anybodys() {
    return new FileAttribute<?>[0];
  }

  private static byte[] mark(String text) {
    return ("--- " + text + " ---\n").getBytes(StandardCharsets.UTF_8);
  }
}
