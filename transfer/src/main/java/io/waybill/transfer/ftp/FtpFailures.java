package io.waybill.transfer.ftp;

import io.waybill.transfer.TransferException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
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
      return new TransferException.Configuration(why);
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
          server.idleTimeout(),
          "No answer from " + server.endpoint() + " in time, at " + what + ": " + why,
          failure);
    }
    return new TransferException.Connection(
        server.endpoint(), "Connection lost at " + where + ": " + why, failure);
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
    boolean looksUp =
        switch (reply.verb()) {
          case "RETR", "DELE", "RNFR", "MLSD", "LIST", "MLST" -> true;
          default -> false;
        };
    if (code == 550 && looksUp) {
      return new TransferException.NotFound(what, message, reply);
    }
    return new TransferException.Refused(code, code >= 400 && code < 500, message, reply);
  }
}
