package io.waybill.transfer.tcp;

import io.waybill.transfer.CancellableFuture;
import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.Location;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.file.TargetSweep;
import io.waybill.transfer.remote.RelayEnd;
import io.waybill.transfer.remote.UploadSource;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Target;
import io.waybill.transfer.tcp.exchange.Traffic;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Moves files to and from a {@link TransferServer}. Remote paths are relative to the user's root; a
 * leading slash stands for it.
 *
 * <p>A lost connection is made again, and the file goes on from what the other end has, as long as
 * there is progress; see {@link Backoff}. Calls of several threads go on side by side, each over a
 * session of its own, up to {@link WaybillServer#sessions}; those beyond wait.
 */
public final class TcpTransfer implements FileTransfer, RelayEnd {
  private final WaybillServer server;
  private final SessionPool sessions;
  private final TargetSweep sweep;
  private final TcpTrees trees;

  private TcpTransfer(WaybillServer server) {
    this.server = server;
    this.sessions = new SessionPool(server);
    this.sweep = new TargetSweep(server.clock());
    this.trees = new TcpTrees(server, sessions, sweep);
  }

  /**
   * Connects and logs in.
   *
   * @throws TransferException.Authentication if user or key is wrong
   * @throws TransferException.Connection if the server cannot be reached
   */
  public static TcpTransfer connect(WaybillServer server) {
    TcpTransfer transfer = new TcpTransfer(server);
    try {
      transfer.ask(Call.repeatable("login of " + server.user(), ""), ClientSession::isFresh);
      return transfer;
    } catch (RuntimeException e) {
      transfer.close();
      throw e;
    }
  }

  @Override
  public TransferReceipt upload(Path source, String remotePath, TransferOptions options) {
    return upload(source, remotePath, options, new Operation(options));
  }

  private TransferReceipt upload(
      Path source, String remotePath, TransferOptions options, Operation operation) {
    try (SourceFile file = SourceFile.open(source)) {
      Sending.What what =
          new Sending.What(
              file,
              file.mode(),
              source.toString(),
              Location.of(source),
              false,
              () -> 0,
              file::digest);
      return new Sending(server, sessions, options, operation).send(what, remote(remotePath));
    } catch (IOException e) {
      throw LocalFailures.translate(source, e);
    }
  }

  @Override
  public TransferReceipt upload(UploadSource source, String path, TransferOptions options) {
    Sending.What what =
        new Sending.What(
            new StreamedSource(source),
            source.mode(),
            source.location().toString(),
            source.location(),
            true,
            source::reconnects,
            source::digest);
    try {
      return new Sending(server, sessions, options, new Operation(options))
          .send(what, remote(path));
    } catch (StreamedSource.SourceFailedException e) {
      throw e.failure();
    } catch (IOException e) {
      throw new IllegalStateException("only local files fail so, and none is involved", e);
    }
  }

  @Override
  public <T> T reading(String path, TransferOptions options, Function<UploadSource, T> work) {
    try (WaybillSource source = WaybillSource.open(sessions, server, remote(path), options)) {
      return work.apply(source);
    }
  }

  @Override
  public TransferReceipt download(String remotePath, Path target, TransferOptions options) {
    return download(remotePath, target, options, new Operation(options));
  }

  private TransferReceipt download(
      String remotePath, Path target, TransferOptions options, Operation operation) {
    String path = remote(remotePath);
    Instant started = server.clock().instant();
    Path absolute = target.toAbsolutePath();
    Path directory = absolute.getParent();
    Path name = absolute.getFileName();
    if (directory == null || name == null) {
      throw new TransferException.Configuration("A download needs a file name, not " + target);
    }
    Target place =
        new Target(
            () -> directory(directory, options.makeParents()),
            name.toString(),
            location(path).toString());
    sweep.in(directory);
    Traffic traffic = new Traffic();
    Call call = Call.repeatable("download of " + path + " to " + target, path);
    LongFunction<ProgressReporter> reporters =
        size -> new ProgressReporter(options.listener(), path, size, System::nanoTime);
    try {
      Outcome outcome =
          sessions.retrying(
              operation,
              call,
              session -> {
                boolean isDelta = Delta.ofDownload(session, absolute, options);
                Offer.Terms terms = terms(options, isDelta ? FrameType.DELTA : 0);
                return new ClientDownload(
                        session,
                        path,
                        terms,
                        place,
                        reporters,
                        call,
                        options.preserveMode(),
                        new Expectation(options.expected(), location(path).toString()),
                        traffic)
                    .run();
              });
      reporters.apply(outcome.sizeBytes()).at(Phase.DONE, outcome.sizeBytes());
      Path published = outcome.target().map(target::resolveSibling).orElse(target);
      return Sending.receipt(
              server, outcome, call, options, traffic, started, wanted -> digest(published, wanted))
          .source(location(path))
          .target(Location.of(published))
          .build();
    } catch (IOException e) {
      throw LocalFailures.translate(target, e);
    }
  }

  private static Digest digest(Path path, Digest.Algorithm algorithm) throws IOException {
    try (SourceFile file = SourceFile.open(path)) {
      return file.digest(algorithm);
    }
  }

  private static DirectoryHandle directory(Path path, boolean make) throws IOException {
    return DirectoryHandle.open(make ? Files.createDirectories(path) : path);
  }

  @Override
  public CompletableFuture<TransferReceipt> uploadAsync(
      Path source, String remotePath, TransferOptions options) {
    Operation operation = new Operation(options);
    return CancellableFuture.start(
        "waybill-upload", () -> upload(source, remotePath, options, operation), operation::cancel);
  }

  @Override
  public CompletableFuture<TransferReceipt> downloadAsync(
      String remotePath, Path target, TransferOptions options) {
    Operation operation = new Operation(options);
    return CancellableFuture.start(
        "waybill-download",
        () -> download(remotePath, target, options, operation),
        operation::cancel);
  }

  @Override
  public TreeReceipt uploadTree(Path directory, String remoteDirectory, TreeOptions options) {
    return trees.upload(directory, remoteDirectory, options, Operation.ofTree(options));
  }

  @Override
  public TreeReceipt downloadTree(String remoteDirectory, Path directory, TreeOptions options) {
    return trees.download(remoteDirectory, directory, options, Operation.ofTree(options));
  }

  @Override
  public CompletableFuture<TreeReceipt> uploadTreeAsync(
      Path directory, String remoteDirectory, TreeOptions options) {
    Operation operation = Operation.ofTree(options);
    return CancellableFuture.start(
        "waybill-upload-tree",
        () -> trees.upload(directory, remoteDirectory, options, operation),
        operation::cancel);
  }

  @Override
  public CompletableFuture<TreeReceipt> downloadTreeAsync(
      String remoteDirectory, Path directory, TreeOptions options) {
    Operation operation = Operation.ofTree(options);
    return CancellableFuture.start(
        "waybill-download-tree",
        () -> trees.download(remoteDirectory, directory, options, operation),
        operation::cancel);
  }

  @Override
  public List<FileEntry> list(String directory, boolean recursive) {
    String path = remoteDirectory(directory);
    return ask(
        Call.repeatable("list of '" + path + "'", path), session -> session.list(path, recursive));
  }

  /** {@inheritDoc} A path with a slash at its end is that of a directory, or of nothing. */
  @Override
  public Optional<FileEntry> stat(String remotePath) {
    String path = remoteDirectory(remotePath);
    try {
      FileEntry found =
          ask(Call.repeatable("stat of '" + path + "'", path), session -> session.stat(path));
      return Optional.of(found).filter(each -> each.isDirectory() || !remotePath.endsWith("/"));
    } catch (TransferException.NotFound e) {
      return Optional.empty();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws TransferException.Refused if something has the new name
   * @throws TransferException.Ambiguous if the connection was lost before the answer came
   */
  @Override
  public void rename(String from, String to) {
    String path = remote(from);
    tell(
        Call.once("rename of " + path + " to " + remote(to), path),
        FrameType.RENAME,
        fields -> fields.text(Tag.PATH, path).text(Tag.TO, remote(to)));
  }

  /**
   * {@inheritDoc}
   *
   * @throws TransferException.Ambiguous if the connection was lost before the answer came
   */
  @Override
  public void delete(String remotePath) {
    String path = remote(remotePath);
    tell(
        Call.once("delete of " + path, path),
        FrameType.DELETE,
        fields -> fields.text(Tag.PATH, path));
  }

  @Override
  public void mkdir(String directory) {
    String path = remoteDirectory(directory);
    tell(
        Call.repeatable("mkdir of " + path, path),
        FrameType.MKDIR,
        fields -> fields.text(Tag.PATH, path));
  }

  /**
   * {@inheritDoc}
   *
   * @throws TransferException.Ambiguous if the connection was lost before the answer came
   */
  @Override
  public void removeDirectory(String directory) {
    String path = remoteDirectory(directory);
    tell(
        Call.once("removal of directory " + path, path),
        FrameType.DELETE,
        FrameType.DIRECTORY,
        fields -> fields.text(Tag.PATH, path));
  }

  @Override
  public Digest digestByReading(String remotePath, Digest.Algorithm algorithm) {
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

  /** {@inheritDoc} Here it is 1 microsecond, which is what Java sets. */
  @Override
  public Duration timeResolution() {
    return Duration.ofNanos(1000);
  }

  /** Fills in a request. */
  @FunctionalInterface
  private interface Filling {
    FieldsBuilder fill(FieldsBuilder fields) throws IOException;
  }

  /** Returns what was agreed on with the server, asking again if the connection was lost. */
  public ServerTerms terms() {
    return ask(Call.repeatable("login of " + server.user(), ""), ClientSession::terms);
  }

  private void tell(Call call, FrameType type, Filling filling) {
    tell(call, type, 0, filling);
  }

  private void tell(Call call, FrameType type, int flags, Filling filling) {
    ask(
        call,
        session -> {
          session.request(type, flags, filling.fill(new FieldsBuilder()));
          return call;
        });
  }

  private <T> T ask(Call call, Reconnector.Work<T> work) {
    try {
      return sessions.retrying(new Operation(), call, work);
    } catch (IOException e) {
      throw new IllegalStateException("only local files fail so, and none is involved", e);
    }
  }

  /**
   * What is asked of the other end for a file. If it is known what the content must have, COMMIT
   * carries that algorithm, and an equal target is read.
   *
   * @throws TransferException.Configuration if the digest is none that can stand beside the
   *     identity
   */
  static Offer.Terms terms(TransferOptions options, int flags) {
    Optional<Digest.Algorithm> digest =
        options
            .expected()
            .map(Digest::algorithm)
            .or(options::digest)
            .filter(each -> each != options.integrity().algorithm());
    if (digest.isPresent() && !Offer.isPlain(digest.get())) {
      throw new TransferException.Configuration(
          "The waybill protocol computes %s in the place of %s, not beside it; choose the integrity instead of the digest"
              .formatted(digest.get().label(), options.integrity().algorithm().label()));
    }
    if (options.targetPolicy() == TargetPolicy.APPEND
        && options.atLeast().atLeast(Verification.READ_BACK)) {
      throw new TransferException.Configuration(
          "What is appended is not read back; ask for the level digest, or copy a whole file");
    }
    boolean reads =
        options.expected().isPresent() && !options.atLeast().atLeast(Verification.DIGEST);
    return new Offer.Terms(
        options.targetPolicy(),
        reads ? Verification.DIGEST : options.atLeast(),
        options.integrity(),
        digest,
        flags);
  }

  private Location location(String path) {
    return location(server, path);
  }

  /** Names a file of a server. */
  static Location location(WaybillServer server, String path) {
    return Location.of(Location.Scheme.WAYBILL, server.host(), server.port(), "/" + path);
  }

  private static String remote(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }

  /** A slash at the end says that it is a directory. */
  static String remoteDirectory(String path) {
    String inside = remote(path);
    return inside.endsWith("/") ? inside.substring(0, inside.length() - 1) : inside;
  }

  @Override
  public void close() {
    sessions.close();
  }
}
