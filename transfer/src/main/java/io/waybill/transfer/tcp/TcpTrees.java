package io.waybill.transfer.tcp;

import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Copies trees over a client's connection, and begins them again over another when it is lost. */
final class TcpTrees {
  private final WaybillServer server;
  private final Reconnector connection;
  private final ClientErrors errors;

  TcpTrees(WaybillServer server, Reconnector connection) {
    this.server = server;
    this.connection = connection;
    this.errors = new ClientErrors(server, connection::endpoint);
  }

  TreeReceipt upload(
      Path directory, String remoteDirectory, TreeOptions options, Operation operation) {
    String remote = trimmed(remoteDirectory);
    Call call =
        Call.repeatable("upload of the tree %s to '%s'".formatted(directory, remote), remote);
    TreeTally tally = tally(directory.toString(), options);
    TreeTerms terms = terms(directory, remote, options, tally, call);
    if (!Files.isDirectory(directory)) {
      throw new TransferException.NotFound(
          directory.toString(), "No such directory: " + directory, null);
    }
    Location source = Location.of(directory);
    return copy(
        terms,
        operation,
        (session, isAgain) -> new TreeUpload(session, terms, isAgain).run(),
        TreeReceipt.builder().source(source).target(location(remote)));
  }

  TreeReceipt download(
      String remoteDirectory, Path directory, TreeOptions options, Operation operation) {
    String remote = trimmed(remoteDirectory);
    Call call =
        Call.repeatable("download of the tree '%s' to %s".formatted(remote, directory), remote);
    TreeTally tally = tally(remote, options);
    TreeTerms terms = terms(directory, remote, options, tally, call);
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw LocalFailures.translate(directory, e);
    }
    Location target = Location.of(directory);
    return copy(
        terms,
        operation,
        (session, isAgain) -> new TreeDownload(session, terms, isAgain).run(),
        TreeReceipt.builder().source(location(remote)).target(target));
  }

  /** One try. */
  private interface Try {
    void over(ClientSession session, boolean isAgain) throws IOException;
  }

  private TreeReceipt copy(
      TreeTerms terms, Operation operation, Try once, TreeReceipt.Builder receipt) {
    Instant started = server.clock().instant();
    Call call = terms.call();
    try {
      connection.retrying(
          operation,
          call,
          session -> {
            requireBatch(session);
            boolean isAgain = call.begun() > 0;
            call.begin();
            once.over(session, isAgain);
            return call;
          });
    } catch (IOException e) {
      throw LocalFailures.translate(terms.local(), e);
    }
    terms.tally().tell(true);
    return terms
        .tally()
        .addTo(receipt)
        .reconnects(call.reconnects())
        .time(started, Duration.between(started, server.clock().instant()))
        .build();
  }

  private static void requireBatch(ClientSession session) throws WireException {
    if (!session.has(Hello.BATCH)) {
      throw new WireException(
          ErrorCode.UNSUPPORTED, "the server lacks the capability '" + Hello.BATCH + "'");
    }
  }

  private TreeTerms terms(
      Path directory, String remote, TreeOptions options, TreeTally tally, Call call) {
    return new TreeTerms(
        directory.toAbsolutePath(), remote, TreeTerms.Settings.of(options), tally, call, errors);
  }

  private static TreeTally tally(String name, TreeOptions options) {
    return new TreeTally(
        name, options.files().listener(), options.stopsAtFailure(), System::nanoTime);
  }

  private Location location(String path) {
    return Location.of(Location.Scheme.WAYBILL, server.host(), server.port(), "/" + path);
  }

  private static String trimmed(String path) {
    int from = path.startsWith("/") ? 1 : 0;
    int to = path.length() > from && path.endsWith("/") ? path.length() - 1 : path.length();
    return path.substring(from, to);
  }
}
