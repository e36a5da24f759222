package io.waybill.transfer.ftp;

import io.waybill.transfer.CancellableFuture;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.file.PartName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Moves files to and from an FTP server, in the clear: passive, binary, UTF-8. A lost connection is
 * made again within a transfer, which then goes on where it stopped where the server lists {@code
 * REST STREAM}. Uploads go to a hidden part file beside the target and are renamed when they are
 * found right; on servers that do not rename over an existing file, that one is moved aside for the
 * moment between two renames.
 */
public final class FtpTransfer implements FileTransfer {
  private static final int DEEPEST = 200;
  private final FtpSession session;

  private FtpTransfer(FtpSession session) {
    this.session = session;
  }

  /**
   * Connects and logs in.
   *
   * @throws TransferException.Connection if the server cannot be reached
   * @throws TransferException.Authentication if it refuses the login
   */
  public static FtpTransfer connect(FtpServer server) {
    FtpSession session = new FtpSession(server);
    session.act("the login", connection -> {});
    return new FtpTransfer(session);
  }

  @Override
  public TransferReceipt upload(Path source, String remotePath, TransferOptions options) {
    return upload(source, remotePath, options, new FtpSession.Call());
  }

  private TransferReceipt upload(
      Path source, String remotePath, TransferOptions options, FtpSession.Call call) {
    requireKnown(options.targetPolicy());
    FtpUpload upload = new FtpUpload(session, call, source, remotePath, options);
    return session.inTurn(call, upload::run);
  }

  @Override
  public TransferReceipt download(String remotePath, Path target, TransferOptions options) {
    return download(remotePath, target, options, new FtpSession.Call());
  }

  private TransferReceipt download(
      String remotePath, Path target, TransferOptions options, FtpSession.Call call) {
    requireKnown(options.targetPolicy());
    FtpDownload download = new FtpDownload(session, call, remotePath, target, options);
    return session.inTurn(call, download::run);
  }

  @Override
  public CompletableFuture<TransferReceipt> uploadAsync(
      Path source, String remotePath, TransferOptions options) {
    FtpSession.Call call = new FtpSession.Call();
    return CancellableFuture.start(
        "waybill-ftp-upload",
        () -> upload(source, remotePath, options, call),
        () -> session.cancel(call));
  }

  @Override
  public CompletableFuture<TransferReceipt> downloadAsync(
      String remotePath, Path target, TransferOptions options) {
    FtpSession.Call call = new FtpSession.Call();
    return CancellableFuture.start(
        "waybill-ftp-download",
        () -> download(remotePath, target, options, call),
        () -> session.cancel(call));
  }

  @Override
  public List<FileEntry> list(String directory, boolean recursive) {
    return session.once(
        directory,
        connection -> {
          if (!directory.isEmpty()
              && !directory.equals("/")
              && connection.stat(directory).filter(FileEntry::isDirectory).isEmpty()) {
            throw new TransferException.NotFound(
                directory, "No directory " + directory + " to list", null);
          }
          List<FileEntry> entries = new ArrayList<>();
          list(connection, directory, "", recursive ? DEEPEST : 0, entries);
          return List.copyOf(entries);
        });
  }

  private static void list(
      FtpConnection connection, String root, String below, int deeper, List<FileEntry> into)
      throws IOException {
    String directory = below.isEmpty() ? root : RemotePath.child(root, below);
    for (FileEntry entry : connection.list(directory)) {
      if (entry.isFile() && PartName.isPart(entry.path())) {
        continue;
      }
      String path = RemotePath.child(below, entry.path());
      into.add(new FileEntry(path, entry.kind(), entry.sizeBytes(), entry.modified()));
      if (entry.isDirectory() && deeper > 0 && !PartName.isReserved(entry.path())) {
        if (deeper == 1) {
          throw new FtpProtocolException("Directories more than " + DEEPEST + " deep");
        }
        list(connection, root, path, deeper - 1, into);
      }
    }
  }

  @Override
  public Optional<FileEntry> stat(String remotePath) {
    return session.once(remotePath, connection -> connection.stat(remotePath));
  }

  @Override
  public void rename(String from, String to) {
    session.act(
        from,
        connection -> {
          try {
            connection.rename(from, to);
          } catch (FtpReplyException e) {
            throw explained(connection, from, e);
          }
        });
  }

  @Override
  public void delete(String remotePath) {
    session.act(
        remotePath,
        connection -> {
          try {
            connection.delete(remotePath);
          } catch (FtpReplyException e) {
            throw explained(connection, remotePath, e);
          }
        });
  }

  // which code a server gives for a name that is not there differs from server to server
  private static IOException explained(
      FtpConnection connection, String path, FtpReplyException refusal) throws IOException {
    if (connection.stat(path).isEmpty()) {
      throw new TransferException.NotFound(
          path, "No " + path + ": " + refusal.getMessage(), refusal);
    }
    return refusal;
  }

  @Override
  public void mkdir(String directory) {
    session.act(directory, connection -> makeDirectories(connection, directory));
  }

  private static void makeDirectories(FtpConnection connection, String directory)
      throws IOException {
    if (directory.isEmpty()
        || directory.equals("/")
        || connection.stat(directory).filter(FileEntry::isDirectory).isPresent()) {
      return;
    }
    makeDirectories(connection, RemotePath.parent(directory));
    connection.makeDirectory(directory);
  }

  @Override
  public void close() {
    session.close();
  }

  @Override
  public String toString() {
    return "FTP server " + session.server().endpoint();
  }

  private static void requireKnown(TargetPolicy policy) {
    if (policy.compareTo(TargetPolicy.FAIL) > 0) {
      throw new TransferException.Configuration(
          "FTP cannot do target policy " + policy + " yet; use SKIP_EQUAL, REPLACE or FAIL");
    }
  }
}
