package io.waybill.transfer.tcp;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.wire.ErrorClass;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns what went wrong at the wire into what a caller sees, once, with the endpoint's name. */
final class ClientErrors {
  private final WaybillServer server;
  private final Supplier<String> endpoint;

  /**
   * Prepares.
   *
   * @param endpoint names the host in use
   */
  ClientErrors(WaybillServer server, Supplier<String> endpoint) {
    this.server = server;
    this.endpoint = endpoint;
  }

  /** Says whether another connection may do better. */
  static boolean isRetryable(IOException failure) {
    if (failure instanceof LostException) {
      return true;
    }
    return failure instanceof WireException wire
        && (wire.errorClass() == ErrorClass.TRANSIENT || wire.errorClass() == ErrorClass.INTEGRITY);
  }

  /**
   * Translates.
   *
   * @param what what was being done, "upload of a.bin to in/a.bin"
   * @param path the remote path it was about
   * @param hint what to add when nothing else can be done here, such as how often it was tried
   */
  TransferException translate(String what, String path, String hint, IOException failure) {
    String message =
        "The %s at waybill server %s failed: %s%s"
            .formatted(what, endpoint.get(), reason(failure), hint);
    if (failure instanceof WireException wire) {
      return translate(message, path, wire);
    }
    Duration waited = failure instanceof LostException lost ? lost.waited() : null;
    return waited != null
        ? new TransferException.Timeout(endpoint.get(), waited, message, failure)
        : new TransferException.Connection(endpoint.get(), message, failure);
  }

  private TransferException translate(String message, String path, WireException failure) {
    int code = failure.code().wire();
    boolean mayPass = failure.errorClass() == ErrorClass.TRANSIENT;
    return switch (failure.code()) {
      case LOGIN_REFUSED ->
          new TransferException.Authentication(endpoint.get(), server.user(), message, failure);
      case NOT_FOUND -> new TransferException.NotFound(path, message, failure);
      case EXISTS, WRONG_KIND, PATH_REFUSED, ACCESS_DENIED, NOT_EMPTY, QUOTA_EXCEEDED ->
          new TransferException.Refused(code, false, message, failure);
      case SOURCE_CHANGED ->
          new TransferException.Integrity(
              path, "an unchanged source", "a changed one", message, failure);
      case CHUNK_REFUSED, DIGEST_MISMATCH ->
          new TransferException.Integrity(
              path, "what was sent", "something else", message, failure);
      case DAMAGED_FRAME -> new TransferException.Connection(endpoint.get(), message, failure);
      case PROTOCOL_VIOLATION, UNSUPPORTED, LIMIT_EXCEEDED, INTERNAL ->
          new TransferException.Protocol(endpoint.get(), message, failure);
      case UNAVAILABLE, TIMEOUT, STORAGE, BUSY, UNKNOWN ->
          new TransferException.Refused(code, mayPass, message, failure);
    };
  }

  private static @Nullable String reason(IOException failure) {
    return failure.getMessage();
  }
}
