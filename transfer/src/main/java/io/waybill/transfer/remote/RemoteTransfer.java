package io.waybill.transfer.remote;

import io.waybill.transfer.CancellableFuture;
import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Unfinished;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Moves files to and from one remote endpoint. A lost session is made again within a transfer,
 * which then goes on where it stopped, where the endpoint can do that. Uploads go to a hidden part
 * file beside the target and are renamed when they are found right; on endpoints that do not rename
 * over an existing file, that one is moved aside for the moment between two renames. Where an
 * endpoint cannot rename, an upload is written under its final name and checked there.
 */
public final class RemoteTransfer implements FileTransfer, RelayEnd {
  private final SessionPool pool;
  private final RemoteTrees trees;

  private RemoteTransfer(SessionPool pool) {
    this.pool = pool;
    this.trees = new RemoteTrees(pool);
  }

  /**
   * Opens a first session.
   *
   * @throws TransferException.Connection if the endpoint cannot be reached
   * @throws TransferException.Authentication if it refuses the login
   */
  public static RemoteTransfer connect(RemoteEndpoint endpoint) {
    RemoteTransfer transfer =
        new RemoteTransfer(new SessionPool(endpoint, () -> new OpenSockets(endpoint.terms())));
    transfer.once("the login", session -> true);
    return transfer;
  }

  /**
   * Returns what its sessions are like.
   *
   * @param path where it is asked: some endpoints answer for each path apart
   */
  public RemoteTraits traits(String path) {
    return once(
        path,
        session -> {
          Introduction introduction = session.introduction(path);
          return new RemoteTraits(
              session.protection(),
              session.restartsReads(),
              session.restartsWrites(),
              session.hashAlgorithm(),
              introduction);
        });
  }

  private <T> T asking(String what, Lease.Step<T> step) {
    return pool.work(new Call(), lease -> lease.asking(what, step));
  }

  private <T> T once(String what, Lease.Step<T> step) {
    return pool.work(new Call(), lease -> lease.once(what, step));
  }

  @Override
  public TransferReceipt upload(Path source, String remotePath, TransferOptions options) {
    return upload(source, remotePath, options, new Call(options));
  }

  @Override
  public TransferReceipt upload(UploadSource source, String remotePath, TransferOptions options) {
    requireWhole(options);
    Call call = new Call(options);
    return call.run(
        pool.endpoint().name(),
        () -> pool.work(call, lease -> uploaded(lease, source, remotePath, options)));
  }

  @Override
  public <T> T reading(String path, TransferOptions options, Function<UploadSource, T> work) {
    Call call = new Call(options);
    return call.run(
        pool.endpoint().name(),
        () ->
            pool.work(
                call,
                lease -> {
                  try (RelaySource file = RelaySource.open(lease, path)) {
                    return work.apply(file);
                  }
                }));
  }

  private void requireWhole(TransferOptions options) {
    if (options.targetPolicy() == TargetPolicy.APPEND) {
      throw new TransferException.Configuration(
          "%s cannot append whole or not at all; use another target policy".formatted(this));
    }
  }

  private TransferReceipt upload(
      Path source, String remotePath, TransferOptions options, Call call) {
    requireWhole(options);
    return call.run(
        pool.endpoint().name(),
        () -> {
          try (UploadSource file = LocalSource.open(source)) {
            return pool.work(call, lease -> uploaded(lease, file, remotePath, options));
          }
        });
  }

  /** Sends one file over a lease of this endpoint's. */
  TransferReceipt uploaded(
      Lease lease, UploadSource file, String remotePath, TransferOptions options) {
    if (options.makeParents()) {
      lease.once(
          remotePath,
          session ->
              session.makesParents(remotePath) || made(session, RemotePath.parent(remotePath)));
    }
    return new RemoteUpload(lease, file, remotePath, null, options).run();
  }

  SessionPool pool() {
    return pool;
  }

  @Override
  public TransferReceipt download(String remotePath, Path target, TransferOptions options) {
    return download(remotePath, target, options, new Call(options));
  }

  private TransferReceipt download(
      String remotePath, Path target, TransferOptions options, Call call) {
    return call.run(
        pool.endpoint().name(),
        () ->
            pool.work(call, lease -> new RemoteDownload(lease, remotePath, target, options).run()));
  }

  @Override
  public CompletableFuture<TransferReceipt> uploadAsync(
      Path source, String remotePath, TransferOptions options) {
    Call call = new Call(options);
    return CancellableFuture.start(
        "waybill-upload", () -> upload(source, remotePath, options, call), call::cancel);
  }

  @Override
  public CompletableFuture<TransferReceipt> downloadAsync(
      String remotePath, Path target, TransferOptions options) {
    Call call = new Call(options);
    return CancellableFuture.start(
        "waybill-download", () -> download(remotePath, target, options, call), call::cancel);
  }

  @Override
  public TreeReceipt uploadTree(Path directory, String remoteDirectory, TreeOptions options) {
    return trees.upload(directory, remoteDirectory, options, new Call(options.files()));
  }

  @Override
  public TreeReceipt downloadTree(String remoteDirectory, Path directory, TreeOptions options) {
    return trees.download(remoteDirectory, directory, options, new Call(options.files()));
  }

  @Override
  public CompletableFuture<TreeReceipt> uploadTreeAsync(
      Path directory, String remoteDirectory, TreeOptions options) {
    Call call = new Call(options.files());
    return CancellableFuture.start(
        "waybill-upload",
        () -> trees.upload(directory, remoteDirectory, options, call),
        call::cancel);
  }

  @Override
  public CompletableFuture<TreeReceipt> downloadTreeAsync(
      String remoteDirectory, Path directory, TreeOptions options) {
    Call call = new Call(options.files());
    return CancellableFuture.start(
        "waybill-download",
        () -> trees.download(remoteDirectory, directory, options, call),
        call::cancel);
  }

  @Override
  public List<FileEntry> list(String directory, boolean recursive) {
    asking(
        directory,
        session -> {
          if (!isRoot(directory) && !session.isDirectory(directory)) {
            throw new TransferException.NotFound(
                directory, "No directory " + pool.endpoint().shown(directory) + " to list", null);
          }
          return true;
        });
    return recursive
        ? new TreeListing(pool, directory).run()
        : asking(directory, session -> session.listTimed(directory)).stream()
            .filter(each -> !each.isFile() || !isPart(each.path()))
            .toList();
  }

  @Override
  public List<Unfinished> unfinished(String directory) {
    return new TreeListing(pool, directory).unfinished();
  }

  private boolean isPart(String name) {
    return pool.endpoint().terms().partPattern().isPart(name);
  }

  private static boolean isRoot(String directory) {
    return directory.isEmpty() || directory.equals("/");
  }

  @Override
  public Optional<FileEntry> stat(String remotePath) {
    return asking(remotePath, session -> session.stat(remotePath).map(RemoteFile::entry));
  }

  /**
   * Moves a file within the endpoint by renaming it; an old target is replaced, or what the policy
   * says.
   *
   * @return empty, with nothing done, if the endpoint does not rename
   */
  public Optional<TransferReceipt> move(String from, String to, TransferOptions options) {
    requireWhole(options);
    Call call = new Call(options);
    return call.run(
        pool.endpoint().name(),
        () -> pool.work(call, lease -> new RemoteMove(lease, from, to, options).run()));
  }

  @Override
  public void rename(String from, String to) {
    change(from, session -> session.rename(from, to));
  }

  @Override
  public void delete(String remotePath) {
    change(remotePath, session -> session.delete(remotePath));
  }

  @Override
  public void removeDirectory(String directory) {
    change(directory, session -> session.removeDirectory(directory));
  }

  @Override
  public Optional<Digest> digest(String remotePath, Set<Digest.Algorithm> wanted) {
    return once(
        remotePath,
        session ->
            session.hashAlgorithm().filter(wanted::contains).isPresent()
                ? session.hash(remotePath).filter(each -> wanted.contains(each.algorithm()))
                : Optional.empty());
  }

  @Override
  public Digest digestByReading(String remotePath, Digest.Algorithm algorithm) {
    if (algorithm == Digest.Algorithm.SHA_256_TREE) {
      throw new TransferException.Configuration(
          "the tree digest of %s is not computed; use sha-256".formatted(remotePath));
    }
    return reading(
        remotePath,
        TransferOptions.defaults(),
        file -> {
          Digest digest = file.digest(algorithm);
          file.requireUnchanged();
          return digest;
        });
  }

  @Override
  public byte[] read(String remotePath, int mostBytes) {
    return reading(remotePath, TransferOptions.defaults(), file -> file.content(mostBytes));
  }

  @Override
  public void setModified(String remotePath, Instant modified) {
    boolean isSet = once(remotePath, session -> session.setModified(remotePath, modified));
    if (!isSet) {
      throw new TransferException.Configuration(
          "%s cannot set the time of %s".formatted(this, pool.endpoint().shown(remotePath)));
    }
  }

  /** Asks what time it is there; empty if the endpoint does not say. */
  public Optional<Instant> time() {
    return once("the time", RemoteSession::time);
  }

  /**
   * Finds out what time it is there by an empty file, which is written and deleted.
   *
   * @param temporary its path; nothing may be there
   * @return to the second or better; empty if the endpoint tells no times of files
   */
  public Optional<Instant> timeByWriting(String temporary) {
    return once(
        temporary,
        session -> {
          session.write(temporary, 0, 0, bytes -> 0);
          Optional<Instant> written =
              session.stat(temporary).flatMap(file -> file.entry().modified());
          session.delete(temporary);
          return written;
        });
  }

  private void change(String path, Lease.Action action) {
    once(
        path,
        session -> {
          try {
            action.run(session);
            return true;
          } catch (RefusedByPeerException e) {
            throw explained(session, path, e);
          }
        });
  }

  // which code a server gives for a name that is not there differs from server to server
  private IOException explained(RemoteSession session, String path, RefusedByPeerException refusal)
      throws IOException {
    if (session.stat(path).isEmpty()) {
      throw new TransferException.NotFound(
          pool.endpoint().shown(path),
          "No " + pool.endpoint().shown(path) + ": " + refusal.getMessage(),
          refusal);
    }
    return refusal;
  }

  @Override
  public void mkdir(String directory) {
    once(directory, session -> made(session, directory));
  }

  /** Makes a directory and its missing parents. */
  static boolean made(RemoteSession session, String directory) throws IOException {
    if (isRoot(directory) || session.isDirectory(directory)) {
      return true;
    }
    made(session, RemotePath.parent(directory));
    return madeInside(session, directory);
  }

  /** Makes a directory whose parent is there. */
  static boolean madeInside(RemoteSession session, String directory) throws IOException {
    try {
      session.makeDirectory(directory);
    } catch (RefusedByPeerException e) {
      if (!session.isDirectory(directory)) { // made by another just now
        throw e;
      }
    }
    return true;
  }

  @Override
  public void close() {
    pool.close();
  }

  @Override
  public String toString() {
    return pool.endpoint().location("").toString().replaceFirst("/$", "");
  }
}
