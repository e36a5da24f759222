package io.waybill.mail.mime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A temporary file that can be read by its owner only and, where the system lets a file be deleted
 * while it is open, has no name: a process that is killed leaves nothing behind.
 *
 * <p>Not a channel: that would be closed for good by the interruption of one reader.
 */
final class ScratchFile {
  private static final Logger log = LoggerFactory.getLogger(ScratchFile.class);

  private final RandomAccessFile file;
  private final @Nullable Path name; // to be deleted in the end

  private ScratchFile(RandomAccessFile file, @Nullable Path name) {
    this.file = file;
    this.name = name;
  }

  static ScratchFile create() throws IOException {
    Path path = Files.createTempFile("waybill-mail-", ".spool");
    RandomAccessFile file;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
    } catch (IOException e) {
      Files.deleteIfExists(path);
      throw e;
    }
    try {
      Files.delete(path);
      return new ScratchFile(file, null);
    } catch (IOException e) {
      log.debug("mail.scratch-file-named file={} why={}", path, e.toString());
      return new ScratchFile(file, path);
    }
  }

  /** Returns what appends to it. */
  OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        synchronized (file) {
          file.seek(file.length());
          file.write(bytes, offset, length);
        }
      }
    };
  }

  /** Returns what reads it from its first byte; there may be several. */
  InputStream input() {
    return new Input();
  }

  private final class Input extends InputStream {
    private long position;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      int n;
      synchronized (file) {
        file.seek(position);
        n = file.read(bytes, offset, length);
      }
      position += Math.max(0, n);
      return n;
    }
  }

  /** Lets go of it, and of what was written. */
  void release() throws IOException {
    try {
      file.close();
    } finally {
      if (name != null) {
        Files.deleteIfExists(name);
      }
    }
  }
}
