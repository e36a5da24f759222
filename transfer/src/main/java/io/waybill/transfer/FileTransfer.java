package io.waybill.transfer;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Moves whole files to and from one remote endpoint over connections of its own: verified, forced
 * to the disk and published by a rename, or not at all.
 *
 * <p>Remote paths are separated by {@code /}. It is safe for use by several threads. Every method
 * throws a {@link TransferException} for whatever goes wrong; after one of class {@code TRANSIENT}
 * the same call may be made again and continues where it stopped.
 */
public interface FileTransfer extends AutoCloseable {

  /** Sends a local file with {@link TransferOptions#defaults()}. */
  default TransferReceipt upload(Path source, String remotePath) {
    return upload(source, remotePath, TransferOptions.defaults());
  }

  /**
   * Sends a local file; its directory must exist at the other end.
   *
   * @param source a regular file
   * @param remotePath the full name of the target
   */
  TransferReceipt upload(Path source, String remotePath, TransferOptions options);

  /** Fetches a remote file with {@link TransferOptions#defaults()}. */
  default TransferReceipt download(String remotePath, Path target) {
    return download(remotePath, target, TransferOptions.defaults());
  }

  /**
   * Fetches a remote file; the target's directory must exist.
   *
   * @param remotePath the full name of the source
   * @param target the full name of the target
   */
  TransferReceipt download(String remotePath, Path target, TransferOptions options);

  /**
   * Sends a local file on a thread of its own. Cancelling the future closes the socket, which ends
   * the transfer promptly; what was sent is kept for a resume.
   */
  CompletableFuture<TransferReceipt> uploadAsync(
      Path source, String remotePath, TransferOptions options);

  /** Fetches a remote file on a thread of its own; cancelling works as for an upload. */
  CompletableFuture<TransferReceipt> downloadAsync(
      String remotePath, Path target, TransferOptions options);

  /**
   * Sends what is in a local directory, and in those below it, into a remote one, which is made if
   * it is missing: equal files are left alone, empty directories made, modes and times kept;
   * symbolic links and special files are left out and told of. A file that fails does not stop the
   * others, unless the options say so; neither end ever holds the list of all files.
   *
   * <p>A lost connection is made again and the tree goes on. With a policy other than SKIP_EQUAL,
   * files of equal size and time then count as done.
   *
   * @return see {@link TreeReceipt#isComplete}
   * @throws TransferException.Configuration if this endpoint cannot copy trees
   */
  default TreeReceipt uploadTree(Path directory, String remoteDirectory, TreeOptions options) {
    throw cannotCopyTrees(this);
  }

  /**
   * Fetches what is in a remote directory, and in those below it, into a local one, which is made
   * if it is missing; all else is as for {@link #uploadTree}. What the server names never gets out
   * of the directory.
   *
   * @throws TransferException.NotFound if there is no such remote directory
   * @throws TransferException.Configuration if this endpoint cannot copy trees
   */
  default TreeReceipt downloadTree(String remoteDirectory, Path directory, TreeOptions options) {
    throw cannotCopyTrees(this);
  }

  /**
   * Sends a tree on a thread of its own; cancelling the future closes the connection, what was
   * copied stays.
   *
   * @throws TransferException.Configuration if this endpoint cannot copy trees
   */
  default CompletableFuture<TreeReceipt> uploadTreeAsync(
      Path directory, String remoteDirectory, TreeOptions options) {
    throw cannotCopyTrees(this);
  }

  /** Fetches a tree on a thread of its own; cancelling works as for {@link #uploadTreeAsync}. */
  default CompletableFuture<TreeReceipt> downloadTreeAsync(
      String remoteDirectory, Path directory, TreeOptions options) {
    throw cannotCopyTrees(this);
  }

  private static TransferException cannotCopyTrees(FileTransfer endpoint) {
    return new TransferException.Configuration(
        "%s cannot copy whole trees yet; list it and copy file by file".formatted(endpoint));
  }

  /**
   * Lists a directory, parents before their children. Paths are relative to the directory.
   * Unfinished part files are left out.
   *
   * @throws TransferException.NotFound if there is no such directory
   */
  List<FileEntry> list(String directory, boolean recursive);

  /**
   * Lists the unfinished part files that are directly in a directory; none where the endpoint does
   * not show them, as a waybill server, which deletes them itself, or one that lists no hidden
   * files.
   *
   * @throws TransferException.NotFound if there is no such directory
   */
  default List<FileEntry> unfinished(String directory) {
    return List.of();
  }

  /** Looks at one file or directory; empty if there is none of that name. */
  Optional<FileEntry> stat(String remotePath);

  /**
   * Renames a file or directory within the endpoint.
   *
   * @throws TransferException.NotFound if there is no {@code from}
   */
  void rename(String from, String to);

  /**
   * Deletes one file.
   *
   * @throws TransferException.NotFound if there is no such file
   */
  void delete(String remotePath);

  /** Makes a directory and its missing parents; one that is there already is fine. */
  void mkdir(String directory);

  /**
   * Removes one empty directory.
   *
   * @throws TransferException.NotFound if there is no such directory
   * @throws TransferException.Refused if something is in it
   * @throws TransferException.Configuration if this endpoint removes no directories
   */
  default void removeDirectory(String directory) {
    throw new TransferException.Configuration(
        "%s cannot remove directories; remove %s in another way".formatted(this, directory));
  }

  /**
   * Has the endpoint compute a file's digest; nothing travels but the answer.
   *
   * @param wanted the algorithms that would do; the endpoint chooses
   * @return empty if the endpoint computes none of those, or not for this file
   */
  default Optional<Digest> digest(String remotePath, Set<Digest.Algorithm> wanted) {
    return Optional.empty();
  }

  /**
   * Computes a file's digest here, by fetching all of it; nothing is kept.
   *
   * @throws TransferException.NotFound if there is no such file
   */
  Digest digestByReading(String remotePath, Digest.Algorithm algorithm);

  /**
   * Reads a small file into memory.
   *
   * @param mostBytes how long it may be
   * @throws TransferException.NotFound if there is no such file
   * @throws TransferException.Refused if it is longer
   */
  byte[] read(String remotePath, int mostBytes);

  /**
   * Sets a file's modification time, as precisely as the endpoint can.
   *
   * @throws TransferException.Configuration if this endpoint sets none
   */
  default void setModified(String remotePath, Instant modified) {
    throw new TransferException.Configuration(
        "%s cannot set the time of a file that is there already".formatted(this));
  }

  /**
   * Returns how far apart the times of a file and its copy here may be though neither was changed;
   * default 1 s, as most endpoints keep whole seconds.
   */
  default Duration timeResolution() {
    return Duration.ofSeconds(1);
  }

  /** Ends the connection; a transfer under way in another thread fails. */
  @Override
  void close();
}
