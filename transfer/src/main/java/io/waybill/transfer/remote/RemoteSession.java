package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One live session with an endpoint, used by one thread at a time. Paths are separated by {@code
 * /}. What the endpoint refuses is a {@link RefusedByPeerException}; after any other exception the
 * session is not used again.
 */
public interface RemoteSession extends Closeable {
  /** Says whether the endpoint still answers. */
  boolean isAlive();

  /**
   * Says whether the next request can be made: not so after a reading that was ended early, on
   * endpoints where nobody knows what they still say of it.
   */
  default boolean isInStep() {
    return true;
  }

  /** Says whether a file can be read from a position on. */
  boolean restartsReads();

  /** Says whether a file can be written from a position on, what is before it being kept. */
  boolean restartsWrites();

  /**
   * Returns how many bytes before a file's end may be missing after a write was cut off, because
   * the endpoint may store what is on the way in any order; default 0. A later write starts before
   * them.
   */
  default long unorderedWriteBytes() {
    return 0;
  }

  /** Returns the algorithm that {@link #hash} answers with, so that it can be computed here too. */
  Optional<Digest.Algorithm> hashAlgorithm();

  /**
   * Asks the endpoint what it is and can do.
   *
   * @param path where: some answer for each path apart
   */
  default Introduction introduction(String path) throws IOException {
    return Introduction.NONE;
  }

  /** Returns how the session is protected, protocol and cipher; empty if it is not. */
  Optional<String> protection();

  /** Looks at one path, following what the endpoint follows; empty if there is nothing. */
  Optional<RemoteFile> stat(String path) throws IOException;

  /** Returns a file's size in the cheapest way there is; -1 if there is no such file. */
  default long size(String path) throws IOException {
    return stat(path).map(file -> file.entry().sizeBytes()).orElse(-1L);
  }

  /**
   * Lists one directory, without itself and its parent; each path is one name.
   *
   * @throws IOException also if a line of the listing cannot be read
   */
  List<FileEntry> list(String directory) throws IOException;

  /**
   * Lists one directory, and asks for the times of files that the listing does not tell, if many of
   * them can be asked for in one round trip.
   */
  default List<FileEntry> listTimed(String directory) throws IOException {
    return list(directory);
  }

  /**
   * Reads a file from a position to its end, or until the sink has enough.
   *
   * @param file as {@link #stat} told of it; another version of it may be refused
   * @param offset 0 unless {@link #restartsReads}
   */
  void read(RemoteFile file, long offset, ByteSink sink) throws IOException;

  /**
   * Writes a file from a position on; it is made if it is missing, and emptied if the position is
   * 0. Returns once the endpoint has said that it has all.
   *
   * @param offset 0 unless {@link #restartsWrites}
   * @param size how long the whole file will be
   */
  void write(String path, long offset, long size, ByteSupply supply) throws IOException;

  /**
   * Says whether a file cannot be renamed once it is written, so that it is written under its final
   * name by {@link #writeDirectly}. Others may then see half of it.
   */
  default boolean publishesDirectly(String path) throws IOException {
    return false;
  }

  /** Says whether a directory is at a path. */
  default boolean isDirectory(String path) throws IOException {
    return stat(path).filter(each -> each.entry().isDirectory()).isPresent();
  }

  /**
   * Says whether writing a file makes the directories that it is to be in, and nothing else can.
   */
  default boolean makesParents(String path) throws IOException {
    return false;
  }

  /**
   * Writes a whole file under its final name; only asked for where {@link #publishesDirectly} says
   * so.
   *
   * @param onlyNew whether the endpoint is to refuse if there is a file of that name
   */
  default void writeDirectly(String path, long size, boolean onlyNew, ByteSupply supply)
      throws IOException {
    write(path, 0, size, supply);
  }

  /** Returns what time the endpoint says it is; empty if it says none. */
  default Optional<Instant> time() throws IOException {
    return Optional.empty();
  }

  /** Has the endpoint hash a file; empty if it cannot or will not. */
  Optional<Digest> hash(String path) throws IOException;

  /** Sets a modification time; false if the endpoint cannot. */
  boolean setModified(String path, Instant modified) throws IOException;

  /** Sets permission bits, 0 to 0777; false if the endpoint cannot. */
  boolean setMode(String path, int mode) throws IOException;

  /**
   * What an endpoint says of a file that was written.
   *
   * @param isTimed whether it took the time
   * @param sizeBytes how much it has; -1 if there is no such file
   */
  record Settled(boolean isTimed, long sizeBytes) {}

  /** Gives a written file its time and its permission bits, and asks how long it is then. */
  default Settled settle(String path, Optional<Instant> modified, OptionalInt mode)
      throws IOException {
    if (mode.isPresent()) {
      setMode(path, mode.getAsInt());
    }
    boolean isTimed = modified.isPresent() && setModified(path, modified.get());
    return new Settled(isTimed, size(path));
  }

  /** Has the endpoint force a file to its disk; false if it cannot be asked to. */
  boolean force(String path) throws IOException;

  /**
   * Renames, over an existing file if the endpoint can do that.
   *
   * @throws RefusedByPeerException if it does not, also because there is one
   */
  void rename(String from, String to) throws IOException;

  /** Deletes one file. */
  void delete(String path) throws IOException;

  /** Makes one directory, whose parent exists. */
  void makeDirectory(String path) throws IOException;

  /** Removes one empty directory. */
  void removeDirectory(String path) throws IOException;

  /** Says goodbye, briefly, and closes. */
  @Override
  void close();
}
