package io.waybill.mail.oauth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a refresh token in a file of one line that only its owner can read, always a whole one.
 *
 * <p>On file systems without POSIX permissions nobody checks who else can read it. A crash while it
 * is written can leave a hidden {@code .part} file beside it, as well guarded.
 */
public final class RefreshTokenFile implements RefreshTokenStore {
  private static final int MAX_BYTES = 16 * 1024;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final Path file;
  private final @Nullable Supplier<String> first;

  private RefreshTokenFile(Path file, @Nullable Supplier<String> first) {
    this.file = file;
    this.first = first;
  }

  /** Names the file, into which somebody puts the first token. */
  public static RefreshTokenFile of(Path file) {
    return new RefreshTokenFile(file, null);
  }

  /**
   * Names the file, and where the first token comes from as long as the file does not exist. Once
   * it does it wins: delete it to begin with the first token again.
   */
  public static RefreshTokenFile of(Path file, Supplier<String> first) {
    return new RefreshTokenFile(file, first);
  }

  @Override
  public Optional<String> load() throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      requireClosedToOthers();
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      return first == null ? Optional.empty() : Optional.of(first.get());
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException(file + " is too large for a refresh token");
    }
    String token = new String(bytes, StandardCharsets.UTF_8).strip();
    return token.isEmpty() ? Optional.empty() : Optional.of(token);
  }

  private void requireClosedToOthers() throws IOException {
    if (!isPosix()) {
      return;
    }
    Set<PosixFilePermission> found = Files.getPosixFilePermissions(file);
    if (found.stream().anyMatch(OTHERS::contains)) {
      throw new IOException(
          file
              + " holds a refresh token and is open to others than its owner ("
              + PosixFilePermissions.toString(found)
              + "); if nobody else can have read it: chmod 600 "
              + file);
    }
  }

  @Override
  public void save(String token) throws IOException {
    // A link stays one: what it points to is written.
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path directory = Objects.requireNonNull(target.getParent(), "a file is in a directory");
    if (!Files.isDirectory(directory)) {
      throw new IOException(
          "the directory " + directory + " for the refresh token does not exist; make it first");
    }
    Path part = Files.createTempFile(directory, "." + target.getFileName(), ".part", ownerOnly());
    try {
      write(part, token + "\n");
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      if (isPosix()) { // elsewhere a directory cannot be opened
        try (FileChannel entry = FileChannel.open(directory, StandardOpenOption.READ)) {
          entry.force(true);
        }
      }
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void write(Path part, String line) throws IOException {
    try (FileChannel out = FileChannel.open(part, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
  }

  private FileAttribute<?>[] ownerOnly() {
    return isPosix()
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private boolean isPosix() {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Names the file. */
  @Override
  public String toString() {
    return file.toString();
  }
}
