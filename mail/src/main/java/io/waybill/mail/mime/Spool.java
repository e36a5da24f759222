package io.waybill.mail.mime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Keeps bytes in memory while they are few and in a temporary file once they are many, counting and
 * digesting them on the way in.
 */
final class Spool extends OutputStream {
  static final int DEFAULT_MEMORY_BYTES = 1024 * 1024;

  private final int memoryBytes;
  private final MessageDigest digest;
  private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream(1024);
  private @Nullable Path file;
  private @Nullable OutputStream fileOut;
  private long sizeBytes;
  private @Nullable String sha256;

  Spool(int memoryBytes) {
    this.memoryBytes = memoryBytes;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    ByteArrayOutputStream small = memory;
    if (small != null && sizeBytes + length > memoryBytes) {
      Path path = Files.createTempFile("waybill-mail-", ".spool");
      file = path;
      fileOut = Files.newOutputStream(path);
      small.writeTo(fileOut);
      memory = null;
    }
    OutputStream target = memory != null ? memory : fileOut;
    if (target == null) {
      throw new IOException("the spool is closed");
    }
    target.write(bytes, offset, length);
    digest.update(bytes, offset, length);
    sizeBytes += length;
  }

  /** Ends writing; reading may begin. */
  @Override
  public void close() throws IOException {
    if (sha256 == null) {
      sha256 = "sha-256:" + HexFormat.of().formatHex(digest.digest());
    }
    if (fileOut != null) {
      fileOut.close();
      fileOut = null;
    }
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** The digest of everything written; only after {@link #close()}. */
  String sha256() {
    if (sha256 == null) {
      throw new IllegalStateException("the spool is still being written");
    }
    return sha256;
  }

  boolean isFile() {
    return file != null;
  }

  InputStream open() throws IOException {
    if (memory != null) {
      return new ByteArrayInputStream(memory.toByteArray());
    }
    if (file == null) {
      throw new IOException("the content was released");
    }
    return Files.newInputStream(file);
  }

  /** Deletes the temporary file, if there is one. */
  void release() throws IOException {
    close();
    memory = null;
    if (file != null) {
      Path path = file;
      file = null;
      Files.deleteIfExists(path);
    }
  }
}
