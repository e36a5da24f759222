package io.waybill.transfer.tcp;

import io.waybill.transfer.CancellableFuture;
import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Target;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/**
 * Moves files to and from a {@link TransferServer}. Remote paths are relative to the user's root; a
 * leading slash stands for it.
 *
 * <p>A lost connection is made again, and the file goes on from what the other end has, as long as
 * there is progress; see {@link Backoff}. This version has no TLS, so both ends must be on
 * loopback.
 */
public final class TcpTransfer implements FileTransfer {
  private final WaybillServer server;
  private final Reconnector connection;

  private TcpTransfer(WaybillServer server) {
    this.server = server;
    this.connection = new Reconnector(server);
  }

  /**
   * Connects and logs in.
   *
   * @throws TransferException.Configuration if the server is not on loopback
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
    return upload(source, remotePath, options, new Operation());
  }

  private TransferReceipt upload(
      Path source, String remotePath, TransferOptions options, Operation operation) {
    String path = remote(remotePath);
    Instant started = server.clock().instant();
    try (SourceFile file = SourceFile.open(source)) {
      SourceIdentity identity = file.identity();
      ProgressReporter progress =
          new ProgressReporter(
              options.listener(), source.toString(), identity.sizeBytes(), System::nanoTime);
      Offer offer = new Offer(path, identity, terms(options));
      Call call = Call.repeatable("upload of " + source + " to " + path, path);
      Outcome outcome =
          connection.retrying(
              operation,
              call,
              session -> {
                Offer now = call.wasCommitted() ? offer.repeated() : offer;
                return new ClientUpload(session, file, now, progress, call).run();
              });
      progress.at(Phase.DONE, identity.sizeBytes());
      return receipt(outcome, call, options, started)
          .source(Location.of(source))
          .target(location(path))
          .build();
    } catch (IOException e) {
      throw LocalFailures.translate(source, e);
    }
  }

  @Override
  public TransferReceipt download(String remotePath, Path target, TransferOptions options) {
    return download(remotePath, target, options, new Operation());
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
            () -> DirectoryHandle.open(directory), name.toString(), location(path).toString());
    Call call = Call.repeatable("download of " + path + " to " + target, path);
    LongFunction<ProgressReporter> reporters =
        size -> new ProgressReporter(options.listener(), path, size, System::nanoTime);
    try {
      Outcome outcome =
          connection.retrying(
              operation,
              call,
              session ->
                  new ClientDownload(session, path, terms(options), place, reporters, call).run());
      reporters.apply(outcome.sizeBytes()).at(Phase.DONE, outcome.sizeBytes());
      return receipt(outcome, call, options, started)
          .source(location(path))
          .target(Location.of(target))
          .build();
    } catch (IOException e) {
      throw LocalFailures.translate(target, e);
    }
  }

  @Override
  public CompletableFuture<TransferReceipt> uploadAsync(
      Path source, String remotePath, TransferOptions options) {
    Operation operation = new Operation();
    return CancellableFuture.start(
        "waybill-upload", () -> upload(source, remotePath, options, operation), operation::cancel);
  }

  @Override
  public CompletableFuture<TransferReceipt> downloadAsync(
      String remotePath, Path target, TransferOptions options) {
    Operation operation = new Operation();
    return CancellableFuture.start(
        "waybill-download",
        () -> download(remotePath, target, options, operation),
        operation::cancel);
  }

  @Override
  public List<FileEntry> list(String directory, boolean recursive) {
    String path = remote(directory);
    return ask(
        Call.repeatable("list of '" + path + "'", path), session -> session.list(path, recursive));
  }

  @Override
  public Optional<FileEntry> stat(String remotePath) {
    String path = remote(remotePath);
    try {
      return Optional.of(
          ask(Call.repeatable("stat of '" + path + "'", path), session -> session.stat(path)));
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
    String path = remote(directory);
    tell(
        Call.repeatable("mkdir of " + path, path),
        FrameType.MKDIR,
        fields -> fields.text(Tag.PATH, path));
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
    ask(
        call,
        session -> {
          session.request(type, 0, filling.fill(new FieldsBuilder()));
          return call;
        });
  }

  private <T> T ask(Call call, Reconnector.Work<T> work) {
    try {
      return connection.retrying(new Operation(), call, work);
    } catch (IOException e) {
      throw new IllegalStateException("only local files fail so, and none is involved", e);
    }
  }

  private static Offer.Terms terms(TransferOptions options) {
    if (options.targetPolicy().compareTo(TargetPolicy.FAIL) > 0) {
      throw new TransferException.Configuration(
          "The waybill protocol cannot do target policy "
              + options.targetPolicy()
              + " yet; use SKIP_EQUAL, REPLACE or FAIL");
    }
    return new Offer.Terms(options.targetPolicy(), options.atLeast(), options.digest(), false);
  }

  private TransferReceipt.Builder receipt(
      Outcome outcome, Call call, TransferOptions options, Instant started) {
    Optional<Digest> digest =
        outcome.digests().stream().filter(each -> each.algorithm() == options.digest()).findFirst();
    if (!outcome.level().atLeast(options.atLeast())) {
      throw new TransferException.Integrity(
          call.path(),
          options.atLeast().toString(),
          outcome.level().toString(),
          "The %s reached verification level %s only, %s was asked for"
              .formatted(call.what(), outcome.level(), options.atLeast()),
          null);
    }
    TransferReceipt.Builder receipt =
        TransferReceipt.builder()
            .bytes(outcome.sizeBytes())
            .verification(outcome.level())
            .bytesResumed(outcome.resumedBytes())
            .attempts(call.begun())
            .reconnects(call.reconnects())
            .started(started)
            .duration(Duration.between(started, server.clock().instant()));
    digest.ifPresent(receipt::digest);
    return outcome.isSkipped() ? receipt.skippedBecauseEqual() : receipt;
  }

  private Location location(String path) {
    return Location.of(Location.Scheme.WAYBILL, server.host(), server.port(), "/" + path);
  }

  private static String remote(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }

  @Override
  public void close() {
    connection.close();
  }
}
