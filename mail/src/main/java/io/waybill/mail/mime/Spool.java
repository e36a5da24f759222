package io.waybill.mail.mime;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Keeps bytes in memory while they are few and in a temporary file once they are many, counting and
 * digesting them.
 */
final class Spool extends OutputStream {
  static final int DEFAULT_MEMORY_BYTES = 1024 * 1024;
  private static final int FILE_BUFFER = 64 * 1024;

  private final int memoryBytes;
  private final long maxBytes;
  private final MessageDigest digest = newDigest();
  private byte @Nullable [] memory;
  private @Nullable ScratchFile file;
  private @Nullable OutputStream fileOut;
  private long sizeBytes;
  private @Nullable String sha256;

  Spool(int memoryBytes) {
    this(memoryBytes, Long.MAX_VALUE, 1024);
  }

  /** {@code expectedBytes} saves growing; past {@code maxBytes} a {@link Full} is thrown. */
  Spool(int memoryBytes, long maxBytes, int expectedBytes) {
    this.memoryBytes = memoryBytes;
    this.maxBytes = maxBytes;
    this.memory = new byte[Math.min(memoryBytes, expectedBytes)];
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
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
    if (sha256 != null) {
      throw new IOException("the spool is closed");
    }
    if (length > maxBytes - sizeBytes) {
      throw new Full(maxBytes);
    }
    byte[] small = memory;
    if (small != null && sizeBytes + length <= memoryBytes) {
      int used = (int) sizeBytes;
      if (used + length > small.length) {
        small = Arrays.copyOf(small, Math.min(memoryBytes, Math.max(used + length, 2 * used)));
        memory = small;
      }
      System.arraycopy(bytes, offset, small, used, length);
    } else {
      toFile().write(bytes, offset, length);
      digest.update(bytes, offset, length);
    }
    sizeBytes += length;
  }

  private OutputStream toFile() throws IOException {
    OutputStream out = fileOut;
    if (out == null) {
      ScratchFile scratch = ScratchFile.create();
      file = scratch;
      out = new BufferedOutputStream(scratch.output(), FILE_BUFFER);
      fileOut = out;
      byte[] small = memory;
      if (small != null) {
        out.write(small, 0, (int) sizeBytes);
        digest.update(small, 0, (int) sizeBytes);
        memory = null;
      }
    }
    return out;
  }

  /** Ends writing; reading may begin. */
  @Override
  public void close() throws IOException {
    if (sha256 == null) {
      byte[] small = memory;
      if (small != null) {
        digest.update(small, 0, (int) sizeBytes);
      }
      sha256 = "sha-256:" + HexFormat.of().formatHex(digest.digest());
    }
    if (fileOut != null) {
      OutputStream out = fileOut;
      fileOut = null;
      out.close();
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
    byte[] small = memory;
    if (small != null) {
      return new ByteArrayInputStream(small, 0, (int) sizeBytes);
    }
    if (file == null) {
      throw new IOException("the content was released");
    }
    return file.input();
  }

  /** Lets go of the temporary file, if there is one. */
  void release() throws IOException {
    ScratchFile scratch = file;
    try {
      close();
    } finally {
      memory = null;
      file = null;
      if (scratch != null) {
        scratch.release();
      }
    }
  }

  /** Releases after a failure, which is the one that counts. */
  void releaseAfter(Exception failure) {
    try {
      release();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Says that more was written than the spool may hold. */
  static final class Full extends IOException {
    private static final long serialVersionUID = 1;

    Full(long maxBytes) {
      super("is larger than " + maxBytes + " bytes");
    }
  }
}
