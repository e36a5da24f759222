package io.waybill.transfer.tcp;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.tls.CertificateWords;
import io.waybill.transfer.tcp.tls.IdentityException;
import io.waybill.transfer.tcp.tls.PlaintextException;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Tells what in TLS will not get better by trying again from what may. */
final class TlsFailures {
  private static final int DEEPEST = 20;

  private TlsFailures() {}

  /**
   * Translates what ended the opening of a connection; leaves alone what is not about TLS.
   *
   * @return what to throw
   * @throws IOException the failure itself, if another try may do better
   */
  static RuntimeException translate(WaybillServer server, Exception failure) throws IOException {
    IdentityException identity = IdentityException.in(failure);
    if (identity != null) {
      return new TransferException.Authentication(
          server.endpoint(),
          server.user(),
          "Cannot trust waybill server " + server.endpoint() + ": " + identity.getMessage(),
          failure);
    }
    if (failure instanceof WireException wire
        && wire.code() == ErrorCode.LOGIN_REFUSED
        && !wire.isFromPeer()
        && server.credentials().isEmpty()) { // with a key, it is the server that proved nothing
      return certificateRefused(server, failure, ": " + wire.getMessage());
    }
    SSLException ssl = find(failure);
    if (ssl instanceof PlaintextException) {
      return new TransferException.Protocol(
          server.endpoint(),
          "No TLS 1.3 connection to waybill server %s: %s; set both ends to the same: a pin or an authority here and an identity there, or plaintext at both"
              .formatted(server.endpoint(), ssl.getMessage()),
          failure);
    }
    if (ssl != null) {
      String said = String.valueOf(ssl.getMessage());
      return said.contains("certificate") || said.contains("access_denied")
          ? certificateRefused(server, failure, "")
          : new TransferException.Protocol(
              server.endpoint(),
              "No TLS 1.3 connection to waybill server %s: %s. Is it a waybill server, and was it told to speak plaintext?"
                  .formatted(server.endpoint(), said),
              failure);
    }
    if (failure instanceof IOException io) {
      throw io;
    }
    return (RuntimeException) failure;
  }

  private static RuntimeException certificateRefused(
      WaybillServer server, Exception failure, String why) {
    return new TransferException.Authentication(
        server.endpoint(),
        server.user(),
        "waybill server %s refused this client's certificate, %s%s; the key must be a user's pin there (waybill serve user add NAME --pin sha-256:...), or the certificate be valid and issued by an authority that the server was given (waybill serve --client-ca)"
            .formatted(server.endpoint(), shown(server), why),
        failure);
  }

  private static String shown(WaybillServer server) {
    return server
        .security()
        .identity()
        .map(own -> "of " + CertificateWords.of(own.certificate()))
        .orElse("which is none");
  }

  private static @Nullable SSLException find(Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < DEEPEST; depth++) {
      if (at instanceof SSLException found) {
        return found;
      }
      at = at.getCause();
    }
    return null;
  }
}
