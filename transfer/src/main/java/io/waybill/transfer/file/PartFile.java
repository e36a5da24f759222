package io.waybill.transfer.file;

import io.waybill.transfer.Digest;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkSet;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A file that is not there until it is whole. Chunks are written, in any order and from several
 * threads, to a hidden part file in the target's directory; a journal beside it says which of them
 * are safe, so that a later process goes on from there; {@link #publish} gives it its name.
 *
 * <p>What a crash can lose is what was written since the journal was last flushed: 32 MiB or one
 * second, whichever comes first, and at most 64 MiB while other threads write on during a flush.
 */
public final class PartFile implements Closeable {
  private final DirectoryHandle directory;
  private final String targetName;
  private final PartName name;
  private final SourceIdentity source;
  private final ChunkLayout layout;
  private final boolean hasTree;
  private final @Nullable RunningDigest running;
  private final PartWriter writer;
  private final PartData data;
  private final PartJournal journal;
  private final PartChunks chunks;
  private final long resumedBytes;
  // what an earlier writer left and nobody has read since: so far only the journal vouches for it
  private final BitSet unread = new BitSet();
  private volatile boolean open = true;
  private boolean done;

  /**
   * Opens the part file for a target, or makes it; what an earlier writer left from the same source
   * is kept.
   *
   * @param target the final name; its directory must exist and is trusted
   * @param source which version of the source is copied
   * @param sourceLocation where the source is, the same text at every try
   * @throws PartFileBusyException if another writer holds it
   * @throws DiskFullException if there is no room
   */
  public static PartFile open(Path target, SourceIdentity source, String sourceLocation)
      throws IOException {
    Path absolute = target.toAbsolutePath();
    Path parent = absolute.getParent();
    Path last = absolute.getFileName();
    if (parent == null || last == null) {
      throw new IOException("Not a file name: " + target);
    }
    return open(
        DirectoryHandle.open(parent), last.toString(), source, sourceLocation, System::nanoTime);
  }

  /**
   * Opens the part file in a directory that may not be trusted, such as one of {@link SafePath}.
   *
   * @param directory closed together with this, or at once if this cannot be opened
   * @param targetName the final name, one segment
   * @param nanoClock tells when the journal is due, as {@link System#nanoTime} does
   */
  public static PartFile open(
      DirectoryHandle directory,
      String targetName,
      SourceIdentity source,
      String sourceLocation,
      LongSupplier nanoClock)
      throws IOException {
    return open(
        directory,
        targetName,
        source,
        sourceLocation,
        new PartOptions(true, Optional.empty(), nanoClock));
  }

  /**
   * Opens the part file in a directory that may not be trusted, with or without tree.
   *
   * @param directory closed together with this, or at once if this cannot be opened
   * @param targetName the final name, one segment
   */
  public static PartFile open(
      DirectoryHandle directory,
      String targetName,
      SourceIdentity source,
      String sourceLocation,
      PartOptions options)
      throws IOException {
    PartData data = null;
    PartJournal journal = null;
    Path place = directory.path();
    try {
      PartName name = PartName.of(targetName, source, sourceLocation);
      place = directory.path().resolve(targetName);
      requireReplaceable(directory, targetName, place);
      ChunkLayout layout = ChunkLayout.of(source.sizeBytes());
      journal = PartJournal.lock(directory, name, layout);
      data = PartData.open(directory, name.part(), layout);
      return new PartFile(directory, targetName, name, source, options, data, journal);
    } catch (IOException | RuntimeException e) {
      Closing.suppressing(e, data);
      Closing.suppressing(e, journal);
      Closing.suppressing(e, directory);
      if (e instanceof IOException failure) {
        // to make a file may be what there is no room for
        throw DiskFullException.recognise(failure, place, 0);
      }
      throw e;
    }
  }

  private static void requireReplaceable(DirectoryHandle directory, String name, Path place)
      throws IOException {
    if (directory.attributes(name).filter(BasicFileAttributes::isOther).isPresent()) {
      throw new FileSystemException(
          place.toString(), null, "is a device, a pipe or a socket, which no file replaces");
    }
  }

  private PartFile(
      DirectoryHandle directory,
      String targetName,
      PartName name,
      SourceIdentity source,
      PartOptions options,
      PartData data,
      PartJournal journal)
      throws IOException {
    this.directory = directory;
    this.targetName = targetName;
    this.name = name;
    this.source = source;
    this.layout = ChunkLayout.of(source.sizeBytes());
    this.hasTree = options.tree();
    this.running = options.running().map(RunningDigest::new).orElse(null);
    this.data = data;
    this.journal = journal;
    this.chunks = new PartChunks(layout, data, journal, options);
    this.writer = new PartWriter(layout, data, chunks, options.tree(), running, path());
    ChunkSet left = chunks.have();
    this.resumedBytes = left.bytes(layout);
    for (int i = 0; i < layout.chunkCount(); i++) {
      unread.set(i, left.contains(i));
    }
  }

  /** Returns how the file is cut. */
  public ChunkLayout layout() {
    return layout;
  }

  /** Says whether each chunk has a leaf, see {@link PartOptions#tree}. */
  public boolean hasTree() {
    return hasTree;
  }

  /** Returns the version of the source this is for. */
  public SourceIdentity source() {
    return source;
  }

  /** Returns the final path. */
  public Path target() {
    return directory.path().resolve(targetName);
  }

  /** Returns the path of the part file. */
  public Path path() {
    return directory.path().resolve(name.part());
  }

  /** Returns which chunks are there, as a copy. */
  public ChunkSet have() {
    return chunks.have();
  }

  /** Returns how many bytes an earlier writer had left when this was opened. */
  public long resumedBytes() {
    return resumedBytes;
  }

  /**
   * Returns the SHA-256 leaf of a chunk that is there.
   *
   * @throws IllegalArgumentException if it is not, or has none
   */
  public byte[] leaf(int index) {
    return chunks.leaf(index);
  }

  /**
   * Returns the CRC32C of a chunk that is there.
   *
   * @throws IllegalArgumentException if it is not
   */
  public int crc32c(int index) {
    return chunks.crc32c(index);
  }

  /**
   * Writes one whole chunk. One that is there already with the same content is left alone.
   *
   * @param chunk all bytes of the chunk; consumed
   * @param crc32c what they must have, checked before anything is written
   * @throws IntegrityException if the CRC32C differs, or the chunk is there with other content
   * @throws IllegalArgumentException if there is no such chunk or the length is not its length
   * @throws DiskFullException if there is no room; what was written before is kept
   */
  public void write(int index, ByteBuffer chunk, int crc32c) throws IOException {
    requireOpen();
    writer.write(index, chunk, crc32c);
  }

  /**
   * Writes one whole chunk whose CRC32C the caller has compared already: it is not summed again.
   *
   * @param chunk all bytes of the chunk; consumed
   * @param leaf its leaf if the caller has computed it from these bytes; if null it is computed
   *     here, or left out where there is no tree
   * @throws IntegrityException if the chunk is there with other content
   * @throws IllegalArgumentException if there is no such chunk or the length is not its length
   * @throws DiskFullException if there is no room; what was written before is kept
   */
  public void writeChecked(int index, ByteBuffer chunk, int crc32c, byte @Nullable [] leaf)
      throws IOException {
    requireOpen();
    writer.writeChecked(index, chunk, crc32c, leaf);
  }

  /**
   * Writes one chunk from a local file, such as the old target: nothing is written unless it is
   * what is expected.
   *
   * @param offset where in {@code from} the chunk starts
   * @param expectedLeaf the leaf that the chunk must have
   * @throws IntegrityException if {@code from} is too short, or has other bytes there
   */
  public void copyFrom(ChunkSource from, long offset, int index, byte[] expectedLeaf)
      throws IOException {
    requireOpen();
    writer.copyFrom(from, offset, index, expectedLeaf);
  }

  /** Writes a chunk of zeros, leaving a hole where the file system can. */
  public void zero(int index) throws IOException {
    requireOpen();
    writer.zero(index);
  }

  /** Takes a chunk back, so that it counts as missing, also after a restart. */
  public void forget(int index) throws IOException {
    requireOpen();
    wasRead(index);
    chunks.forget(index);
    if (running != null) {
      running.forgotten(index);
    }
  }

  /** Forces what was written to the disk and then the journal that says so. */
  public void flush() throws IOException {
    try {
      chunks.flush();
    } catch (IOException e) {
      throw DiskFullException.recognise(e, path(), layout.chunkBytes());
    }
  }

  /** Reads a chunk's bytes from the part file, whether it counts as there or not. */
  public void read(int index, ByteBuffer into) throws IOException {
    data.read(index, into);
  }

  /**
   * Returns a writer for bytes that come in order; it starts after the chunks that are there from
   * the beginning without a gap, which it reads again and checks.
   *
   * @param algorithms the plain digests to compute on the way, of the whole file
   */
  public PartAppender appender(Digest.Algorithm... algorithms) throws IOException {
    return new PartAppender(this, List.of(algorithms));
  }

  /**
   * Returns the tree digest.
   *
   * @throws IllegalStateException if a chunk is missing, or there is no tree
   */
  public Digest root() {
    requireComplete();
    if (!hasTree) {
      throw new IllegalStateException(target() + " is written without a tree");
    }
    return chunks.root();
  }

  /**
   * Forces everything to the disk and reads it all again, through the page cache.
   *
   * @throws IntegrityException if a chunk differs from what was received; it is then missing again
   */
  public void readBack() throws IOException {
    requireComplete();
    flush();
    data.force(true);
    PartCheck.check(this, layout.chunkCount(), chunk -> {});
  }

  /** A chunk on the disk was compared with the journal, or counts no more. */
  void wasRead(int index) {
    synchronized (unread) {
      unread.clear(index);
    }
  }

  /**
   * Reads what an earlier writer left, unless somebody has since: a disk, or another program, may
   * have changed it meanwhile. {@link #publish} does so too.
   *
   * @throws IntegrityException if a chunk is damaged; each that is counts as missing again
   */
  public void proveResumed() throws IOException {
    BitSet left;
    synchronized (unread) {
      left = (BitSet) unread.clone();
    }
    if (!left.isEmpty()) {
      PartCheck.checkEach(this, left);
    }
  }

  /** Publishes with the permissions that the process gives new files. */
  public String publish(@Nullable Digest expected, TargetPolicy policy) throws IOException {
    return publish(expected, policy, OptionalInt.empty());
  }

  /**
   * Gives the file its name: reads what an earlier writer left, checks size and digest, sets the
   * source's modification time and the mode, forces the file, renames it over the target, forces
   * the directory, drops the journal.
   *
   * <p>{@link TargetPolicy#APPEND} renames a new file made of the old one's bytes and these; an old
   * one's permissions stay unless others are given. If the process dies between the rename and the
   * caller's note of it, a repetition would append twice: the outcome is then ambiguous.
   *
   * @param expected the digest it must have; null if the caller has compared one itself
   * @param policy whether to refuse an existing target, rename, append or replace
   * @param mode the permission bits to set, of which the lowest nine count
   * @return the name it got, which is not the target's only with {@link TargetPolicy#RENAME}
   * @throws IntegrityException if size or digest differ, or a chunk that an earlier writer left is
   *     damaged, which counts as missing again; nothing is published
   * @throws FileAlreadyExistsException if there is a target and the policy is {@code FAIL}, or
   *     there is one that cannot be appended to
   * @throws IllegalStateException if a chunk is missing
   */
  public synchronized String publish(
      @Nullable Digest expected, TargetPolicy policy, OptionalInt mode) throws IOException {
    requireComplete();
    requireOpen();
    data.requireWholeLength();
    proveResumed();
    if (expected != null) {
      Digest actual = digest(expected.algorithm());
      if (!actual.equals(expected)) {
        throw new IntegrityException(
            "Digest of " + target(), expected.toString(), actual.toString());
      }
    }
    String published =
        new PartPublish(directory, name.part(), targetName, source, data).run(policy, mode);
    journal.delete();
    done = true;
    close();
    return published;
  }

  /**
   * Computes a digest of the whole file. The tree's and CRC32C follow from the chunks; the running
   * one reads what did not come in order; every other reads the file again.
   *
   * @throws IllegalStateException if a chunk is missing
   */
  public Digest digest(Digest.Algorithm algorithm) throws IOException {
    if (algorithm == Digest.Algorithm.SHA_256_TREE) {
      return root();
    }
    requireComplete();
    if (algorithm == Digest.Algorithm.CRC32C) {
      return chunks.crc32c();
    }
    boolean runs = running != null && running.algorithm() == algorithm;
    return (running != null && runs ? running : new RunningDigest(algorithm)).finish(this);
  }

  /** Deletes part file and journal. */
  public synchronized void discard() throws IOException {
    requireOpen();
    done = true;
    journal.delete();
    directory.deleteIfExists(name.part());
    close();
  }

  /** Flushes and lets go of the part file, which is kept for a resume unless it was published. */
  @Override
  public synchronized void close() throws IOException {
    if (!open) {
      return;
    }
    open = false;
    try (directory;
        journal;
        data) {
      if (!done && data.isOpen()) { // an interrupt closes it
        flush();
      }
    }
  }

  private void requireOpen() throws IOException {
    if (!open) {
      throw new ClosedChannelException();
    }
  }

  private void requireComplete() {
    if (!have().isComplete()) {
      throw new IllegalStateException("Only " + have() + " of " + target() + " are there");
    }
  }
}
