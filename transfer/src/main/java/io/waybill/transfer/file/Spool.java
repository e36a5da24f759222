package io.waybill.transfer.file;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.waybill.transfer.Digest;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A part file of something whose length nobody knows before its end: written in order, never
 * resumed, deleted unless it is published. For one thread.
 */
public final class Spool implements Closeable {
  private final DirectoryHandle directory;
  private final String target;
  private final String part;
  private final FileChannel data;
  private boolean isPublished;

  private Spool(DirectoryHandle directory, String target, String part, FileChannel data) {
    this.directory = directory;
    this.target = target;
    this.part = part;
    this.data = data;
  }

  /**
   * Begins one beside its target.
   *
   * @param target an absolute path, whose directory must exist
   */
  public static Spool open(Path target) throws IOException {
    Path parent = target.getParent();
    Path last = target.getFileName();
    if (parent == null || last == null) {
      throw new IOException("Not a file name: " + target);
    }
    DirectoryHandle directory = DirectoryHandle.open(parent);
    try {
      String name = last.toString();
      // of no version that anybody will ask for again
      SourceIdentity nobody =
          new SourceIdentity(0, Optional.empty(), Optional.of(UUID.randomUUID().toString()));
      String part = PartName.of(name, nobody, "").part();
      return new Spool(directory, name, part, directory.openFile(part, CREATE_NEW, WRITE));
    } catch (IOException e) {
      directory.close();
      throw e;
    }
  }

  /** Lets go of all that came. */
  public void restart() throws IOException {
    data.truncate(0);
    data.position(0);
  }

  /** Takes the next bytes. */
  public void write(byte[] bytes, int length) throws IOException {
    ByteBuffer next = ByteBuffer.wrap(bytes, 0, length);
    try {
      while (next.hasRemaining()) {
        data.write(next);
      }
    } catch (IOException e) {
      throw DiskFullException.recognise(e, directory.path().resolve(target), length);
    }
  }

  /** Returns how many bytes there are. */
  public long sizeBytes() throws IOException {
    return data.size();
  }

  /** Reads all again, for its digest. */
  public Digest digest(Digest.Algorithm algorithm) throws IOException {
    try (SourceFile file = SourceFile.open(directory, part)) {
      return file.digest(algorithm);
    }
  }

  /**
   * Forces the file, gives it its name and forces the directory.
   *
   * @param modified the time that it is given
   * @return the name it got
   * @throws FileAlreadyExistsException if there is a target and the policy is {@code FAIL}
   */
  public String publish(Optional<Instant> modified, TargetPolicy policy) throws IOException {
    if (modified.isPresent()) {
      directory.setModified(part, modified.get());
    }
    data.force(true);
    String name = FreeName.move(directory, part, directory, target, policy);
    isPublished = true;
    directory.force();
    return name;
  }

  @Override
  public void close() throws IOException {
    try (directory;
        data) {
      if (!isPublished) {
        directory.deleteIfExists(part);
      }
    }
  }
}
