package io.waybill.transfer.sftp;

import io.waybill.transfer.TransferException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/** Turns what goes wrong on a connection into what callers see. */
final class SftpFailures {
  private final SftpServer server;

  SftpFailures(SftpServer server) {
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
    if (failure instanceof SftpStatusException status) {
      return translateStatus(what, where, status);
    }
    if (failure instanceof SshRefusedException refused) {
      return translateRefusal(why, refused);
    }
    if (failure instanceof NameRefusedException) {
      return new TransferException.Refused(0, false, why, failure); // it is that name's trouble
    }
    if (failure instanceof SftpProtocolException) {
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
    if (failure instanceof SocketTimeoutException) {
      return new TransferException.Timeout(
          server.endpoint(),
          server.terms().idleTimeout(),
          "No answer from " + server.endpoint() + " in time, at " + what + ": " + why,
          failure);
    }
    return new TransferException.Connection(
        server.endpoint(),
        failure instanceof InterruptedIOException
            ? "Interrupted at " + where
            : "Connection lost at " + where + ": " + why,
        failure);
  }

  private TransferException translateStatus(String what, String where, SftpStatusException status) {
    String message = status.getMessage() + ", at " + where;
    if (status.isMissing()) {
      return new TransferException.NotFound(what, message, status);
    }
    if (status.isDiskFull()) {
      return TransferException.Refused.outOfRoom(
          status.code(), message + "; make room there, then go on", status);
    }
    if (status.code() == Status.PERMISSION_DENIED || status.code() == Status.WRITE_PROTECT) {
      return new TransferException.Refused(
          status.code(),
          false,
          "%s: %s may not do that; check the rights there".formatted(message, server.user()),
          status);
    }
    return new TransferException.Refused(status.code(), false, message, status);
  }

  private TransferException translateRefusal(String why, SshRefusedException refused) {
    return switch (refused.reason()) {
      case HOST_KEY, LOGIN ->
          new TransferException.Authentication(server.endpoint(), server.user(), why, refused);
      case SETTINGS -> new TransferException.Configuration(why, refused);
      case ALGORITHMS -> new TransferException.Protocol(server.endpoint(), why, refused);
      case BUSY -> new TransferException.Connection(server.endpoint(), why, refused);
      case NO_SFTP -> new TransferException.Refused(0, false, why, refused);
    };
  }
}
