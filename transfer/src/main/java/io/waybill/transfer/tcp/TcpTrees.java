package io.waybill.transfer.tcp;

import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.TargetSweep;
import io.waybill.transfer.file.TreeTally;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/**
 * Copies trees over one of a client's sessions, and begins them again over another when it is lost.
 */
final class TcpTrees {
  private final WaybillServer server;
  private final SessionPool sessions;
  private final TargetSweep sweep;

  TcpTrees(WaybillServer server, SessionPool sessions, TargetSweep sweep) {
    this.server = server;
    this.sessions = sessions;
    this.sweep = sweep;
  }

  TreeReceipt upload(
      Path directory, String remoteDirectory, TreeOptions options, Operation operation) {
    String remote = TcpTransfer.remoteDirectory(remoteDirectory);
    Function<String, Location> there = inside(remote);
    Call call =
        Call.repeatable("upload of the tree %s to '%s'".formatted(directory, remote), remote);
    TreeTally tally = tally(directory.toString(), options);
    FileReceipts receipts =
        new FileReceipts(options.receipts(), inside(directory), there, server.clock());
    TreeTerms terms = terms(directory, remote, options, tally, receipts, call);
    if (!Files.isDirectory(directory)) {
      throw new TransferException.NotFound(
          directory.toString(), "No such directory: " + directory, null);
    }
    Location source = Location.of(directory);
    return copy(
        terms,
        options,
        operation,
        (session, isAgain) ->
            new TreeUpload(session, isAgain ? terms.again() : terms, isAgain).run(),
        TreeReceipt.builder().source(source).target(location(remote)));
  }

  TreeReceipt download(
      String remoteDirectory, Path directory, TreeOptions options, Operation operation) {
    String remote = TcpTransfer.remoteDirectory(remoteDirectory);
    Function<String, Location> there = inside(remote);
    Call call =
        Call.repeatable("download of the tree '%s' to %s".formatted(remote, directory), remote);
    TreeTally tally = tally(remote, options);
    FileReceipts receipts =
        new FileReceipts(options.receipts(), there, inside(directory), server.clock());
    TreeTerms terms = terms(directory, remote, options, tally, receipts, call);
    try {
      Files.createDirectories(directory);
    } catch (FileAlreadyExistsException e) {
      throw new TransferException.Refused(
          0,
          false,
          "The source '%s' is a directory, and the target %s is a file: name a directory as target"
              .formatted(remote, e.getFile()),
          e);
    } catch (IOException e) {
      throw LocalFailures.translate(directory, e);
    }
    Location target = Location.of(directory);
    return copy(
        terms,
        options,
        operation,
        (session, isAgain) ->
            new TreeDownload(session, isAgain ? terms.again() : terms, isAgain).run(),
        TreeReceipt.builder().source(location(remote)).target(target));
  }

  /** One try. */
  private interface Try {
    void over(ClientSession session, boolean isAgain) throws IOException;
  }

  private TreeReceipt copy(
      TreeTerms terms,
      TreeOptions options,
      Operation operation,
      Try once,
      TreeReceipt.Builder receipt) {
    Instant started = server.clock().instant();
    Call call = terms.call();
    boolean isDone = false;
    try {
      sessions.retrying(
          operation,
          call,
          session -> {
            requireBatch(session);
            boolean isAgain = call.begun() > 0;
            call.begin();
            once.over(session, isAgain);
            return call;
          });
      isDone = true;
    } catch (IOException e) {
      throw LocalFailures.translate(terms.local(), e);
    } finally {
      terms
          .tally()
          .addTo(receipt)
          .reconnects(call.reconnects())
          .time(started, Duration.between(started, server.clock().instant()));
      if (!isDone) {
        options.unfinished().ifPresent(to -> to.accept(receipt.build()));
      }
    }
    terms.tally().tell(true);
    return receipt.build();
  }

  private static void requireBatch(ClientSession session) throws WireException {
    if (!session.has(Hello.BATCH)) {
      throw new WireException(
          ErrorCode.UNSUPPORTED, "the server lacks the capability '" + Hello.BATCH + "'");
    }
  }

  private TreeTerms terms(
      Path directory,
      String remote,
      TreeOptions options,
      TreeTally tally,
      FileReceipts receipts,
      Call call) {
    return new TreeTerms(
        directory.toAbsolutePath(),
        remote,
        TreeTerms.Settings.of(options),
        tally,
        receipts,
        call,
        new ClientErrors(server, call::endpoint),
        sweep);
  }

  private static TreeTally tally(String name, TreeOptions options) {
    return new TreeTally(
        name, options.files().listener(), options.stopsAtFailure(), System::nanoTime);
  }

  private static Function<String, Location> inside(Path directory) {
    return path -> Location.of(directory.resolve(path));
  }

  private Function<String, Location> inside(String remote) {
    return path -> location(remote.isEmpty() ? path : remote + "/" + path);
  }

  private Location location(String path) {
    return Location.of(Location.Scheme.WAYBILL, server.host(), server.port(), "/" + path);
  }
}
