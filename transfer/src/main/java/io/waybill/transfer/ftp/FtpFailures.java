package io.waybill.transfer.ftp;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.tls.CertificateWords;
import io.waybill.transfer.tcp.tls.IdentityException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.commons.net.MalformedServerReplyException;

/** Turns what goes wrong on a connection into what callers see. */
final class FtpFailures {
  private final FtpServer server;

  FtpFailures(FtpServer server) {
    this.server = server;
  }

  /**
   * Translates one failure.
   *
   * @param what the remote path, or what else was being worked on
   */
  TransferException translate(String what, IOException failure) {
    String where = what + " on " + server.endpoint();
    String why = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    if (failure instanceof FtpReplyException reply) {
      return translateReply(what, where, reply);
    }
    if (failure instanceof CommandRefusedException) {
      return new TransferException.Refused(0, false, why, failure); // it is that name's trouble
    }
    IdentityException identity = IdentityException.in(failure);
    if (identity != null) {
      return new TransferException.Authentication(
          server.endpoint(),
          server.credentials().user(),
          "Cannot trust FTP server " + server.endpoint() + ": " + identity.getMessage(),
          failure);
    }
    if (failure instanceof SSLException ssl) {
      return translateTls(where, why, ssl);
    }
    if (failure instanceof FtpProtocolException
        || failure instanceof MalformedServerReplyException) {
      return new TransferException.Protocol(
          server.endpoint(), "The server broke the protocol at " + where + ": " + why, failure);
    }
    if (failure instanceof UnknownHostException) {
      return new TransferException.Connection(
          server.endpoint(), "Unknown host " + server.host() + ": check the name", failure);
    }
    if (failure instanceof ConnectException) {
      return new TransferException.Connection(
          server.endpoint(),
          "Cannot connect to "
              + server.endpoint()
              + ": "
              + why
              + "; check host and port, and that the server runs",
          failure);
    }
    if (failure instanceof SocketTimeoutException
        || failure.getCause() instanceof SocketTimeoutException) { // so of a missing greeting
      return new TransferException.Timeout(
          server.endpoint(),
          server.terms().idleTimeout(),
          "No answer from " + server.endpoint() + " in time, at " + what + ": " + why,
          failure);
    }
    return new TransferException.Connection(
        server.endpoint(), "Connection lost at " + where + ": " + why, failure);
  }

  // what both ends say no to will not get better; a connection that ends may
  private TransferException translateTls(String where, String why, SSLException failure) {
    if (failure.getCause() instanceof SocketException
        || failure.getCause() instanceof EOFException) {
      return new TransferException.Connection(
          server.endpoint(), "TLS connection lost at " + where + ": " + why, failure);
    }
    if (failure.getCause() instanceof SocketTimeoutException) {
      return new TransferException.Timeout(
          server.endpoint(),
          server.terms().idleTimeout(),
          "No answer from " + server.endpoint() + " in time, at " + where + ": " + why,
          failure);
    }
    if (why.contains("certificate") || why.contains("access_denied")) {
      return new TransferException.Authentication(
          server.endpoint(),
          server.credentials().user(),
          "%s refused this client's certificate, %s: %s; whoever runs the server says which it takes"
              .formatted(server.endpoint(), shown(), why),
          failure);
    }
    String asked =
        server.protection() == Protection.IMPLICIT
            ? "is TLS implicit at this port (usually 990), or is explicit meant?"
            : "does the server speak one of "
                + String.join(" and ", server.tlsVersions().protocols())
                + "?";
    return new TransferException.Protocol(
        server.endpoint(), "No TLS at %s: %s; %s".formatted(where, why, asked), failure);
  }

  private String shown() {
    return server
        .identity()
        .map(own -> "of " + CertificateWords.of(own.certificate()))
        .orElse("which is none");
  }

  private TransferException translateReply(String what, String where, FtpReplyException reply) {
    String message = reply.getMessage() + ", at " + where;
    int code = reply.code();
    if (reply.verb().equals("LOGIN") && code >= 500) {
      return new TransferException.Authentication(
          server.endpoint(),
          server.credentials().user(),
          "%s refused the login of %s: %s; check user and secret"
              .formatted(server.endpoint(), server.credentials().user(), reply.getMessage()),
          reply);
    }
    if (code == 421) {
      return new TransferException.Connection(server.endpoint(), message, reply);
    }
    boolean mayPass = code >= 400 && code < 500;
    switch (reply.verb()) {
      case "AUTH" -> {
        return new TransferException.Refused(
            code,
            mayPass,
            "%s offers no TLS (%s); nothing was sent in the clear. If it has a port for implicit TLS (usually 990), use that; plain FTP has to be chosen"
                .formatted(server.endpoint(), reply.getMessage()),
            reply);
      }
      case "PBSZ", "PROT" -> {
        return new TransferException.Refused(
            code,
            mayPass,
            "%s does not protect data connections (%s); files do not go in the clear where TLS is asked for"
                .formatted(server.endpoint(), reply.getMessage()),
            reply);
      }
      default -> {}
    }
    if (server.protection().isTls() && (code == 522 || code == 425)) {
      return new TransferException.Refused(
          code,
          mayPass,
          message
              + "; it may want its TLS session resumed on data connections and have given none to"
              + " resume: choose another version of TLS, or ask whoever runs it not to require that",
          reply);
    }
    boolean looksUp =
        switch (reply.verb()) {
          // for a deletion and a renaming somebody looks whether it is there
          case "RETR", "MLSD", "LIST", "MLST" -> true;
          default -> false;
        };
    if (code == 550 && looksUp) {
      return new TransferException.NotFound(what, message, reply);
    }
    return saysFull(code, message)
        ? TransferException.Refused.outOfRoom(
            code, message + "; make room there, then go on", reply)
        : new TransferException.Refused(code, mayPass, message, reply);
  }

  // RFC 959 4.2.1; vsftpd has one answer for all that it cannot write
  private static boolean saysFull(int code, String message) {
    return code == 452
        || code == 552
        || (code == 451 && message.contains("Failure writing to local file"));
  }
}
