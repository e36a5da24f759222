package io.waybill.transfer.http;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.WebQuery;
import io.waybill.transfer.tcp.tls.IdentityException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Turns what goes wrong on a connection into what callers see. */
final class HttpFailures {
  private static final int DEEPEST = 20;
  private final HttpSite site;

  HttpFailures(HttpSite site) {
    this.site = site;
  }

  /**
   * Translates one failure.
   *
   * @param path the remote path, or what else was being worked on
   */
  TransferException translate(String path, IOException failure) {
    String what = WebQuery.shown(path);
    String where = what + " on " + site.endpoint();
    String why = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    if (failure instanceof HttpReplyException reply) {
      return translateReply(what, where, reply);
    }
    if (failure instanceof NotSentException) {
      return new TransferException.Configuration("%s, at %s".formatted(why, where), failure);
    }
    IdentityException identity = IdentityException.in(failure);
    if (identity != null) {
      return new TransferException.Authentication(
          site.endpoint(),
          site.user(),
          "Cannot trust %s: %s".formatted(site, identity.getMessage()),
          failure);
    }
    // a number: Java reads the length of a body by itself
    if (failure instanceof HttpProtocolException
        || find(ProtocolException.class, failure)
        || find(NumberFormatException.class, failure)) {
      return new TransferException.Protocol(
          site.endpoint(),
          "The server broke the protocol at %s: %s".formatted(where, why),
          failure);
    }
    if (failure instanceof VersionChangedException) {
      return new TransferException.Connection(
          site.endpoint(), "%s changed while it was read: %s".formatted(where, why), failure);
    }
    if (failure instanceof SSLHandshakeException
        || (failure instanceof SSLException && why.contains("SSL message"))) {
      return new TransferException.Protocol(
          site.endpoint(),
          "No TLS connection to %s: %s; check the port, and whether https:// or http:// is spoken there"
              .formatted(site.endpoint(), why),
          failure);
    }
    return translateNetwork(what, where, why, failure);
  }

  private TransferException translateNetwork(
      String what, String where, String why, IOException failure) {
    if (failure instanceof HttpConnectTimeoutException) {
      return new TransferException.Timeout(
          site.endpoint(),
          site.terms().connectTimeout(),
          "No %sconnection to %s within %d s; check host, port and firewall%s"
              .formatted(
                  site.isHttps() ? "TLS " : "",
                  site.endpoint(),
                  site.terms().connectTimeout().toSeconds(),
                  site.isHttps() ? ", and that https:// is spoken there" : ""),
          failure);
    }
    if (failure instanceof UnknownHostException
        || find(UnresolvedAddressException.class, failure)) {
      return new TransferException.Connection(
          site.endpoint(), "Unknown host %s: check the name".formatted(site.host()), failure);
    }
    if (failure instanceof ConnectException) {
      return new TransferException.Connection(
          site.endpoint(),
          "Cannot connect to %s: %s; check host and port, and that the server runs"
              .formatted(
                  site.endpoint(), failure.getMessage() == null ? "nothing answers there" : why),
          failure);
    }
    if (failure instanceof HttpTimeoutException || failure instanceof SocketTimeoutException) {
      return new TransferException.Timeout(
          site.endpoint(),
          failure instanceof HttpTimeoutException
              ? site.terms().replyTimeout()
              : site.terms().idleTimeout(),
          "No answer from %s in time, at %s: %s".formatted(site.endpoint(), what, why),
          failure);
    }
    return new TransferException.Connection(
        site.endpoint(), "Connection lost at %s: %s".formatted(where, why), failure);
  }

  private static boolean find(Class<? extends Throwable> kind, @Nullable Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < DEEPEST; depth++) {
      if (kind.isInstance(at)) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private TransferException translateReply(String what, String where, HttpReplyException reply) {
    int code = reply.code();
    String message = "%s, at %s".formatted(reply.getMessage(), where);
    if (code == 401 && site.login().isEmpty()) {
      return new TransferException.Authentication(
          site.endpoint(),
          "",
          "%s wants a login: %s; name a user, or give a token".formatted(site, message),
          reply);
    }
    if (code == 401 || (code == 403 && site.login().isPresent())) {
      return new TransferException.Authentication(
          site.endpoint(),
          site.user(),
          "%s does not let %s in: %s; check user and secret, and what they may do there"
              .formatted(site, site.user(), message),
          reply);
    }
    if (code == 404 || code == 410) {
      return new TransferException.NotFound(what, message, reply);
    }
    String advised = message + advice(reply.method(), code);
    return code == 507
        ? TransferException.Refused.outOfRoom(code, advised, reply)
        : new TransferException.Refused(code, mayPass(code), advised, reply);
  }

  // 507: the disk is full; 423: locked by somebody; 425: sent too early
  private static boolean mayPass(int code) {
    return switch (code) {
      case 408, 423, 425, 429 -> true;
      case 501, 505, 510, 511 -> false;
      default -> code >= 500;
    };
  }

  private static String advice(String method, int code) {
    boolean changes = !method.equals("GET") && !method.equals("HEAD");
    return switch (code) {
      case 403 -> "; the server wants a login, or lets nobody";
      case 405, 501 -> changes ? missing(method) : "";
      case 409 -> changes ? "; the directory it is to be in may be missing: make it first" : "";
      case 412 -> "; there is one of that name already";
      case 413 -> "; the server takes no file of that size (nginx: client_max_body_size)";
      case 507 -> "; the server's disk or quota is full";
      default -> "";
    };
  }

  private static String missing(String method) {
    return switch (method) {
      case "MOVE" -> "; without WebDAV's MOVE an HTTP server renames nothing";
      case "MKCOL" -> "; without WebDAV's MKCOL an HTTP server makes no directories by themselves";
      case "PUT" -> "; this server takes no files there, or not by PUT";
      default -> "; this server does not do that there";
    };
  }
}
