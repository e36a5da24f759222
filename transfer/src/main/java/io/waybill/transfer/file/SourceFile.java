package io.waybill.transfer.file;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;

import io.waybill.transfer.Digest;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.TreeHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A local file that is being copied: identified when it is opened, and again by {@link
 * #requireUnchanged} after the last read. Reads are positional and may come from several threads.
 */
public final class SourceFile implements ChunkSource {
  private static final int BUFFER_BYTES = 256 << 10;

  private static final String CHANGE_TIME = "unix:ctime";

  private interface Attributes {
    Optional<BasicFileAttributes> read() throws IOException;
  }

  private static final int OPEN_TRIES = 5;

  private final Path path;
  private final Attributes attributes;
  private final LinkOption[] links;
  private final FileChannel channel;
  private final SourceIdentity identity;
  private final Optional<FileTime> changed;
  private final OptionalInt mode;

  private SourceFile(Path path, Attributes attributes, FileChannel channel, LinkOption... links)
      throws IOException {
    this.path = path;
    this.attributes = attributes;
    this.links = links;
    this.channel = channel;
    this.changed = changeTime();
    BasicFileAttributes found =
        attributes.read().orElseThrow(() -> new NoSuchFileException(path.toString()));
    this.identity = identity(found);
    this.mode = DirectoryHandle.modeOf(found);
  }

  /**
   * Opens a trusted path; links are followed.
   *
   * @throws NoSuchFileException if it does not exist
   * @throws IOException if it is no regular file or cannot be read
   */
  public static SourceFile open(Path path) throws IOException {
    Class<? extends BasicFileAttributes> type =
        path.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? PosixFileAttributes.class
            : BasicFileAttributes.class;
    Attributes attributes =
        () -> {
          try {
            return Optional.of(Files.readAttributes(path, type));
          } catch (NoSuchFileException e) {
            return Optional.empty();
          }
        };
    return opened(path, attributes, () -> FileChannel.open(path, READ));
  }

  /**
   * Opens a name in an opened directory; a link is refused.
   *
   * @param directory stays open as long as this
   */
  public static SourceFile open(DirectoryHandle directory, String name) throws IOException {
    Path path = directory.pathOf(name);
    Attributes attributes = () -> directory.attributes(name);
    return opened(path, attributes, () -> directory.openFile(name, READ), NOFOLLOW_LINKS);
  }

  // before the opening: to open a named pipe blocks for ever
  private static BasicFileAttributes requireRegular(Path path, Attributes attributes)
      throws IOException {
    BasicFileAttributes found =
        attributes.read().orElseThrow(() -> new NoSuchFileException(path.toString()));
    if (!found.isRegularFile()) {
      throw new IOException(path + " is not a regular file");
    }
    return found;
  }

  /** Opens the file. */
  private interface Opening {
    FileChannel open() throws IOException;
  }

  // one that is replaced just now: the bytes of the old one must not go by the time of the new one
  private static SourceFile opened(
      Path path, Attributes attributes, Opening opening, LinkOption... links) throws IOException {
    for (int i = 0; i < OPEN_TRIES; i++) {
      Optional<String> before = identity(requireRegular(path, attributes)).fileKey();
      SourceFile opened = over(path, attributes, opening.open(), links);
      if (opened.identity.fileKey().equals(before)) {
        return opened;
      }
      opened.close();
    }
    throw new IOException(path + " is replaced again and again; copy it when it is at rest");
  }

  private static SourceFile over(
      Path path, Attributes attributes, FileChannel channel, LinkOption... links)
      throws IOException {
    try {
      return new SourceFile(path, attributes, channel, links);
    } catch (IOException e) {
      try (channel) {
        throw e;
      }
    }
  }

  private SourceIdentity identify() throws IOException {
    return identity(attributes.read().orElseThrow(() -> new NoSuchFileException(path.toString())));
  }

  // tells a file that was rewritten with its time set back; not part of the identity, as it also
  // moves when a name or a permission changes between two tries
  private Optional<FileTime> changeTime() throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return Optional.empty();
    }
    return Optional.of((FileTime) Files.getAttribute(path, CHANGE_TIME, links));
  }

  /** Returns what tells this version of a file from another. */
  static SourceIdentity identity(BasicFileAttributes found) {
    return new SourceIdentity(
        found.size(),
        Optional.of(found.lastModifiedTime().toInstant()),
        Optional.ofNullable(found.fileKey()).map(Object::toString));
  }

  /** Returns the path. */
  public Path path() {
    return path;
  }

  /** Returns which version of the file was opened. */
  @Override
  public SourceIdentity identity() {
    return identity;
  }

  /**
   * Returns the permission bits that it had when it was opened, 0 to 0777; empty where they are not
   * known.
   */
  public OptionalInt mode() {
    return mode;
  }

  /**
   * Fills the buffer from the given offset.
   *
   * @throws IntegrityException if the file has become too short
   */
  @Override
  public void read(long offset, ByteBuffer into) throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int read = channel.read(into, at);
      if (read < 0) {
        throw new IntegrityException(
            "Length of " + path, Long.toString(identity.sizeBytes()), Long.toString(at));
      }
      at += read;
    }
  }

  /** Reads all of it. */
  public Digest digest(Digest.Algorithm algorithm) throws IOException {
    return algorithm == Digest.Algorithm.SHA_256_TREE
        ? root()
        : digest(algorithm, identity.sizeBytes()).digest();
  }

  private Digest root() throws IOException {
    ChunkLayout layout = ChunkLayout.of(identity.sizeBytes());
    ChunkLeaves leaves = new ChunkLeaves(layout.chunkCount());
    ByteBuffer chunk = ByteBuffer.allocate(layout.chunkBytes());
    for (int i = 0; i < layout.chunkCount(); i++) {
      chunk.clear().limit(layout.lengthOf(i));
      read(layout.offsetOf(i), chunk);
      chunk.flip();
      leaves.set(i, ChunkContent.crc32c(chunk), TreeHash.leaf(chunk));
    }
    return TreeHash.root(layout, leaves);
  }

  /** Reads its first bytes into a digest that can go on from there. */
  public PlainDigest digest(Digest.Algorithm algorithm, long firstBytes) throws IOException {
    PlainDigest running = new PlainDigest(algorithm);
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    for (long at = 0; at < firstBytes; at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), firstBytes - at));
      read(at, buffer);
      running.update(buffer.flip());
    }
    return running;
  }

  /**
   * Checks that the path still is the file that was opened, with the same size and time, and on
   * Unix that nothing touched it: a change time moves even if the modification time is set back.
   *
   * @throws IntegrityException if it is not
   */
  @Override
  public void requireUnchanged() throws IOException {
    SourceIdentity now;
    Optional<FileTime> nowChanged;
    try {
      now = identify();
      nowChanged = changeTime();
    } catch (NoSuchFileException e) {
      IntegrityException vanished =
          new IntegrityException(
              path + " vanished while it was read", identity.toString(), "no file");
      vanished.initCause(e); // tells it from a change
      throw vanished;
    }
    if (identity.sizeBytes() == 0 && channel.read(ByteBuffer.allocate(1), 0) > 0) {
      throw new IntegrityException(
          path
              + " is said to be empty and has content, as files of /proc have: read it with another program",
          "0 bytes",
          "at least 1");
    }
    // the same key is the same file, of which the size is known; where there are none it is asked
    boolean isSameSize = now.fileKey().isPresent() || channel.size() == identity.sizeBytes();
    if (!now.equals(identity) || !isSameSize) {
      throw new IntegrityException(
          path + " changed while it was read", identity.toString(), now.toString());
    }
    if (!nowChanged.equals(changed)) {
      throw new IntegrityException(
          path + " changed while it was read",
          "change time " + changed.map(FileTime::toString).orElse("unknown"),
          "change time " + nowChanged.map(FileTime::toString).orElse("unknown"));
    }
  }

  /** Forces what others have written to it to the disk. */
  void force() throws IOException {
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
