package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.file.ChunkSource;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Traffic;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntSupplier;

/** Sends one file, over as many sessions as it takes. */
final class Sending {
  private final WaybillServer server;
  private final SessionPool sessions;
  private final TransferOptions options;
  private final Operation operation;

  /**
   * What is sent.
   *
   * @param name what the source is called in messages and progress
   * @param location where it is, for the receipt
   * @param isInOrder whether it is read from begin to end, so that one stream carries it
   * @param reconnects tells how often a connection to the source was made again
   * @param again reads it once more, for a digest that the exchange did not carry
   */
  record What(
      ChunkSource source,
      OptionalInt mode,
      String name,
      Location location,
      boolean isInOrder,
      IntSupplier reconnects,
      Again again) {}

  /** Reads a file once more. */
  @FunctionalInterface
  interface Again {
    Digest read(Digest.Algorithm algorithm) throws IOException;
  }

  Sending(
      WaybillServer server, SessionPool sessions, TransferOptions options, Operation operation) {
    this.server = server;
    this.sessions = sessions;
    this.options = options;
    this.operation = operation;
  }

  /**
   * Sends.
   *
   * @param path the target, relative to the user's root
   * @throws IOException what the source did wrong
   */
  TransferReceipt send(What what, String path) throws IOException {
    Instant started = server.clock().instant();
    SourceIdentity identity = what.source().identity();
    ProgressReporter progress =
        new ProgressReporter(
            options.listener(), what.name(), identity.sizeBytes(), System::nanoTime);
    Offer offer =
        new Offer(
            path,
            identity,
            options.preserveMode() ? what.mode() : OptionalInt.empty(),
            TcpTransfer.terms(options, options.makeParents() ? FrameType.PARENTS : 0));
    Traffic traffic = new Traffic();
    Call call = Call.repeatable("upload of " + what.name() + " to " + path, path);
    Outcome outcome =
        sessions.retrying(
            operation,
            call,
            session -> {
              boolean isAppend = options.targetPolicy() == TargetPolicy.APPEND;
              Offer now = call.wasCommitted() && !isAppend ? offer.repeated() : offer;
              if (Delta.ofUpload(session, now, options.delta())) {
                now = now.with(FrameType.DELTA);
              }
              ClientUpload upload =
                  new ClientUpload(
                      session,
                      what.source(),
                      what.isInOrder(),
                      now,
                      new Expectation(options.expected(), what.name()),
                      options.compression(),
                      progress,
                      call,
                      traffic);
              return isAppend ? once(upload, call) : upload.run();
            });
    progress.at(Phase.DONE, identity.sizeBytes());
    return receipt(server, outcome, call, options, traffic, started, what.again())
        .reconnects(call.reconnects() + what.reconnects().getAsInt())
        .source(what.location())
        .target(TcpTransfer.location(server, outcome.target().orElse(path)))
        .build();
  }

  // an append that was committed may have happened, unless the server says that it has not
  private static Outcome once(ClientUpload upload, Call call) throws IOException {
    try {
      return upload.run();
    } catch (LostException | WireException e) {
      boolean isToldOff =
          e instanceof WireException told
              && told.isFromPeer()
              && !told.code().endsSession()
              && told.code() != ErrorCode.UNAVAILABLE;
      if (!call.wasCommitted() || isToldOff) {
        throw e;
      }
      throw new TransferException.Ambiguous(
          call.path(),
          "The connection was lost before the answer to the "
              + call.what()
              + " came: the file may have been appended or not; look at it before it is sent again",
          e);
    }
  }

  /**
   * Says how a file's transfer ended.
   *
   * @param again reads it once more, for a digest that the exchange did not carry
   * @throws TransferException.Integrity if it is proven less than was asked for
   */
  static TransferReceipt.Builder receipt(
      WaybillServer server,
      Outcome outcome,
      Call call,
      TransferOptions options,
      Traffic traffic,
      Instant started,
      Again again)
      throws IOException {
    Optional<TransferException.Integrity> tooLittle =
        outcome.shortOf(options.atLeast(), call.what(), call.path());
    if (tooLittle.isPresent()) {
      throw tooLittle.get();
    }
    TransferReceipt.Builder receipt =
        TransferReceipt.builder()
            .bytes(outcome.sizeBytes())
            .verification(outcome.level())
            .bytesResumed(outcome.resumedBytes())
            .bytesSent(traffic.sentBytes())
            .bytesReused(traffic.reusedBytes())
            .tls(outcome.tls().orElse(null))
            .attempts(call.begun())
            .reconnects(call.reconnects())
            .started(started)
            .duration(Duration.between(started, server.clock().instant()));
    Optional<Digest> told = outcome.digest(options);
    if (told.isEmpty() && options.expected().isPresent()) {
      // COMMIT carried the expected one, and another is to be told
      told = Optional.of(again.read(options.digest().orElseThrow()));
    }
    told.ifPresent(receipt::digest);
    return outcome.isSkipped() ? receipt.skippedBecauseEqual() : receipt;
  }
}
