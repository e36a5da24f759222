package io.waybill.transfer.file;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.TreeHash;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The append-only list of a part file's chunks. Numbers are big-endian.
 *
 * <pre>
 * header, 56 bytes                       record, 48 bytes
 * +---------------------------+          +---------------------------+
 * | "WBJ2"                  4 |          | chunk index             4 |
 * | file size               8 |          | 1 CRC32C and leaf       4 |
 * | chunk size              4 |          | 2 CRC32C only             |
 * | binding, see PartName  32 |          | 3 forgotten               |
 * | zero                    4 |          | CRC32C of the chunk     4 |
 * | CRC32C of the 52 above  4 |          | SHA-256 leaf, or zeros 32 |
 * +---------------------------+          | CRC32C of the 44 above  4 |
 *                                        +---------------------------+
 * </pre>
 *
 * The last record of a chunk counts. Reading stops at the first record that is short, fails its CRC
 * names a chunk that does not exist or a kind it does not know, and the file is cut there: a torn
 * tail loses its own chunks only. Memory while reading is one buffer, whatever the length of the
 * file.
 *
 * <p>Room for one record of each chunk is taken at the start, as zeros, which no record is: when
 * the data has filled the disk, what arrived can still be written down.
 */
final class PartJournal implements Closeable {
  // POSIX drops a process's locks on a file when it closes any handle of that file: a second opener
  // of this process must be kept away before it opens
  private static final Set<String> HELD = ConcurrentHashMap.newKeySet();
  private static final int LOCK_TRIES = 100;

  static final int HEADER_BYTES = 56;
  static final int RECORD_BYTES = 48;
  private static final int ZEROS_BYTES = 64 << 10;
  private static final int MAGIC = 0x57424A32;
  private static final int LEAF = 1;
  private static final int CRC32C_ONLY = 2;
  private static final int FORGOTTEN = 3;
  private static final byte[] NO_LEAF = new byte[TreeHash.HASH_BYTES];

  private final DirectoryHandle directory;
  private final String name;
  private final String held;
  private final FileChannel file;
  private final ByteBuffer header;
  private final long roomBytes;
  private final Object noting = new Object();
  private ByteBuffer pending = ByteBuffer.allocate(16 * RECORD_BYTES);

  private PartJournal(
      DirectoryHandle directory, PartName name, String held, FileChannel file, ChunkLayout layout) {
    this.directory = directory;
    this.name = name.journal();
    this.held = held;
    this.file = file;
    this.header = header(name, layout);
    this.roomBytes = HEADER_BYTES + (long) RECORD_BYTES * layout.chunkCount();
  }

  /**
   * Opens the journal, empty if there was none, and keeps every other writer away until it is
   * closed.
   *
   * @throws PartFileBusyException if another writer holds it
   */
  static PartJournal lock(DirectoryHandle directory, PartName name, ChunkLayout layout)
      throws IOException {
    String held = directory.key() + "/" + name.journal();
    if (!HELD.add(held)) {
      throw new PartFileBusyException(directory.path().resolve(name.part()));
    }
    try {
      FileChannel file = openLocked(directory, name);
      return new PartJournal(directory, name, held, file, layout);
    } catch (IOException | RuntimeException e) {
      HELD.remove(held);
      throw e;
    }
  }

  /**
   * Keeps a part file that has no journal from being taken for one that nobody comes back for.
   *
   * @return what {@link #letGo} takes
   */
  static String hold(DirectoryHandle directory, PartName name) throws IOException {
    String held = directory.key() + "/" + name.journal();
    HELD.add(held);
    return held;
  }

  static void letGo(String held) {
    HELD.remove(held);
  }

  // Whoever publishes deletes the journal while holding its lock: a lock on a file that has lost
  // its
  // name is worth nothing, so the name is looked at before the opening and after the locking.
  private static FileChannel openLocked(DirectoryHandle directory, PartName name)
      throws IOException {
    for (int i = 0; i < LOCK_TRIES; i++) {
      Optional<BasicFileAttributes> before = directory.attributes(name.journal());
      FileChannel file = directory.openFile(name.journal(), CREATE, READ, WRITE);
      try {
        if (before.isPresent()) {
          if (file.tryLock() == null) {
            throw new PartFileBusyException(directory.path().resolve(name.part()));
          }
          Optional<BasicFileAttributes> after = directory.attributes(name.journal());
          if (after.isPresent() && Objects.equals(before.get().fileKey(), after.get().fileKey())) {
            return file;
          }
        }
        file.close();
      } catch (OverlappingFileLockException e) {
        file.close();
        throw new PartFileBusyException(directory.path().resolve(name.part()));
      } catch (IOException e) {
        try (file) {
          throw e;
        }
      }
    }
    throw new PartFileBusyException(directory.path().resolve(name.part()));
  }

  private static ByteBuffer header(PartName name, ChunkLayout layout) {
    ByteBuffer built = ByteBuffer.allocate(HEADER_BYTES);
    built.putInt(MAGIC).putLong(layout.sizeBytes()).putInt(layout.chunkBytes());
    built.put(name.binding()).putInt(0);
    return built.putInt(ChunkContent.crc32c(built.duplicate().flip())).flip().asReadOnlyBuffer();
  }

  /** Reads what an earlier writer left into {@code leaves}; false if there is nothing usable. */
  boolean recover(ChunkLeaves leaves, int chunkCount) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(RECORD_BYTES * 1024);
    ByteBuffer found = buffer.slice(0, HEADER_BYTES);
    readFully(found, 0);
    if (!found.flip().equals(header)) {
      return false;
    }
    long good = HEADER_BYTES;
    boolean more = true;
    while (more) {
      buffer.clear();
      readFully(buffer, good);
      buffer.flip();
      more = buffer.remaining() == buffer.capacity();
      while (buffer.remaining() >= RECORD_BYTES) {
        if (!replay(buffer.slice(buffer.position(), RECORD_BYTES), leaves, chunkCount)) {
          more = false;
          break;
        }
        buffer.position(buffer.position() + RECORD_BYTES);
        good += RECORD_BYTES;
      }
    }
    clearFrom(good);
    return true;
  }

  private static boolean replay(ByteBuffer record, ChunkLeaves leaves, int chunkCount) {
    int index = record.getInt(0);
    if (record.getInt(RECORD_BYTES - 4) != ChunkContent.crc32c(record.slice(0, RECORD_BYTES - 4))
        || index < 0
        || index >= chunkCount) {
      return false;
    }
    switch (record.getInt(4)) {
      case LEAF -> {
        byte[] leaf = new byte[TreeHash.HASH_BYTES];
        record.get(12, leaf);
        leaves.set(index, record.getInt(8), leaf);
      }
      case CRC32C_ONLY -> leaves.set(index, record.getInt(8));
      case FORGOTTEN -> leaves.forget(index);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Remembers a chunk's record until {@link #commit}; a null leaf is one that nobody computed. */
  void note(int index, int crc32c, byte @Nullable [] leaf) {
    note(index, leaf == null ? CRC32C_ONLY : LEAF, crc32c, leaf == null ? NO_LEAF : leaf);
  }

  /** Remembers that a chunk is taken back. */
  void forget(int index) {
    note(index, FORGOTTEN, 0, NO_LEAF);
  }

  private void note(int index, int kind, int crc32c, byte[] leaf) {
    synchronized (noting) {
      if (!pending.hasRemaining()) {
        pending = ByteBuffer.allocate(2 * pending.capacity()).put(pending.flip());
      }
      int start = pending.position();
      pending.putInt(index).putInt(kind).putInt(crc32c).put(leaf);
      pending.putInt(ChunkContent.crc32c(pending.slice(start, RECORD_BYTES - 4)));
    }
  }

  /**
   * Takes the records noted so far, for {@link #commit}: what they speak of must be forced first.
   *
   * @return empty if there are none
   */
  ByteBuffer take() {
    synchronized (noting) {
      ByteBuffer taken = pending.flip();
      pending = ByteBuffer.allocate(16 * RECORD_BYTES);
      return taken;
    }
  }

  /** Puts records back before the ones noted since, so that the next {@link #take} has them. */
  void putBack(ByteBuffer records) {
    synchronized (noting) {
      pending.flip();
      pending =
          ByteBuffer.allocate(records.remaining() + pending.remaining() + 16 * RECORD_BYTES)
              .put(records.duplicate())
              .put(pending);
    }
  }

  /** Appends and forces records; their chunks' bytes must have been forced before. */
  void commit(ByteBuffer records) throws IOException {
    long before = file.position();
    try {
      if (before == 0) {
        writeFully(header.duplicate());
      }
      writeFully(records.duplicate());
      file.force(false);
      if (before == 0) {
        directory.force();
      }
    } catch (IOException e) {
      try {
        // a torn record would hide every later one
        clearFrom(before);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Empties it, on the disk too: what it said of an earlier part must not speak for the next. */
  void reset() throws IOException {
    clearFrom(0);
    file.force(false);
  }

  // writes zeros instead of cutting: on a full disk, what is given back is gone
  private void clearFrom(long good) throws IOException {
    file.truncate(Math.max(good, roomBytes));
    file.position(good);
    try {
      while (file.position() < roomBytes) {
        long left = roomBytes - file.position();
        writeFully(ByteBuffer.allocate((int) Math.min(ZEROS_BYTES, left)));
      }
    } catch (IOException e) {
      throw DiskFullException.recognise(e, directory.path().resolve(name), ZEROS_BYTES);
    }
    file.position(good);
  }

  /** Deletes it; it stays locked until it is closed. */
  void delete() throws IOException {
    directory.deleteIfExists(name);
  }

  private void readFully(ByteBuffer into, long at) throws IOException {
    long position = at;
    while (into.hasRemaining()) {
      int read = file.read(into, position);
      if (read < 0) {
        return;
      }
      position += read;
    }
  }

  private void writeFully(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      file.write(from);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      HELD.remove(held);
    }
  }
}
