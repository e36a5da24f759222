package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Location;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.wire.FrameType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Copies files from one {@code waybill:} server to another through this process: chunks go on as
 * they come, at most one is held, and nothing is written here. What is there already at the target
 * does not travel; the digests are compared between the two servers. A lost connection, to either,
 * is made again and the file goes on.
 *
 * <p>Has sessions of its own; calls of several threads go on side by side, up to {@link
 * WaybillServer#sessions}.
 */
public final class Relay implements AutoCloseable {
  private final WaybillServer source;
  private final WaybillServer target;
  private final SessionPool fromSource;
  private final SessionPool toTarget;

  private Relay(WaybillServer source, WaybillServer target) {
    this.source = source;
    this.target = target;
    this.fromSource = new SessionPool(source);
    this.toTarget = new SessionPool(target);
  }

  /** Prepares; connections are made when they are needed. */
  public static Relay between(WaybillServer source, WaybillServer target) {
    return new Relay(source, target);
  }

  /**
   * Copies one file.
   *
   * @param from the file at the source
   * @param to its new name at the target
   * @throws TransferException what either server refused, or that it cannot be reached
   */
  public TransferReceipt copy(String from, String to, TransferOptions options) {
    if (options.targetPolicy().compareTo(TargetPolicy.FAIL) > 0) {
      throw new TransferException.Configuration(
          "A relay cannot do target policy "
              + options.targetPolicy()
              + "; use SKIP_EQUAL, REPLACE or FAIL");
    }
    requireOneAlgorithm(options);
    Instant started = source.clock().instant();
    Location origin = location(source, from);
    Location place = location(target, to);
    String what = "relay of " + origin + " to " + place;
    Call sending = Call.repeatable(what, to);
    Call fetching = Call.repeatable(what, from);
    Offer.Terms terms = TcpTransfer.terms(options, options.makeParents() ? FrameType.PARENTS : 0);
    Expectation expected = new Expectation(options.expected(), origin.toString());
    Operation operation = new Operation(options);
    try {
      Outcome outcome =
          toTarget.retrying(
              operation,
              sending,
              there ->
                  unwrapped(
                      () ->
                          fromSource.retrying(
                              new Operation(
                                  options.toBuilder().stallTimeout(Duration.ZERO).build()),
                              fetching,
                              here ->
                                  new RelayTry(
                                          here,
                                          there,
                                          terms,
                                          options.preserveMode(),
                                          expected,
                                          sending)
                                      .run(from, to))));
      Optional<TransferException.Integrity> tooLittle =
          outcome.shortOf(options.atLeast(), what, to);
      if (tooLittle.isPresent()) {
        throw tooLittle.get();
      }
      return receipt(outcome, options)
          .source(origin)
          .target(place)
          .attempts(sending.begun())
          .reconnects(sending.reconnects() + fetching.reconnects())
          .started(started)
          .duration(Duration.between(started, source.clock().instant()))
          .build();
    } catch (IOException e) {
      throw new IllegalStateException("only local files fail so, and none is involved", e);
    }
  }

  // COMMIT carries one beside the content identity, and here no bytes are at hand to compute
  // another
  private static void requireOneAlgorithm(TransferOptions options) {
    if (options.expected().isPresent()
        && !options.digest().equals(options.expected().map(Digest::algorithm))) {
      throw new TransferException.Configuration(
          "A relay cannot compare a %s digest and tell a %s one; ask for one algorithm"
              .formatted(
                  options.expected().get().algorithm().label(),
                  options.digest().orElseThrow().label()));
    }
  }

  /** What may fail at the target. */
  private interface Copying {
    Outcome copy() throws IOException;
  }

  private static Outcome unwrapped(Copying copying) throws IOException {
    try {
      return copying.copy();
    } catch (RelayTry.TargetFailedException e) {
      throw e.failure();
    }
  }

  private static TransferReceipt.Builder receipt(Outcome outcome, TransferOptions options) {
    TransferReceipt.Builder receipt =
        TransferReceipt.builder()
            .bytes(outcome.sizeBytes())
            .verification(outcome.level())
            .bytesResumed(outcome.resumedBytes());
    outcome.digest(options).ifPresent(receipt::digest);
    return outcome.isSkipped() ? receipt.skippedBecauseEqual() : receipt;
  }

  private static Location location(WaybillServer server, String path) {
    return Location.of(
        Location.Scheme.WAYBILL,
        server.host(),
        server.port(),
        path.startsWith("/") ? path : "/" + path);
  }

  /** Ends both connections and the copy under way. */
  @Override
  public void close() {
    try {
      toTarget.close();
    } finally {
      fromSource.close();
    }
  }
}
