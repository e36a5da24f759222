package io.waybill.transfer.http;

import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.WebQuery;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.RemoteEndpoint;
import io.waybill.transfer.remote.RemoteSession;
import io.waybill.transfer.remote.RemoteTerms;
import java.io.IOException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** An HTTP server as an endpoint. */
final class HttpEndpoint implements RemoteEndpoint {
  private final HttpSite site;
  private final @Nullable SSLContext tls;
  private final HttpFailures failures;
  private final MoveSupport moves;
  private final Pause pause;

  HttpEndpoint(HttpSite site, @Nullable SSLContext tls) {
    this.site = site;
    this.tls = tls;
    this.failures = new HttpFailures(site);
    this.moves = new MoveSupport(site.publishing());
    this.pause = new Pause(site);
  }

  @Override
  public String name() {
    return site.endpoint();
  }

  @Override
  public String account() {
    return site.user() + "@" + site.endpoint();
  }

  @Override
  public Location location(String path) {
    return Location.of(
        site.isHttps() ? Location.Scheme.HTTPS : Location.Scheme.HTTP,
        site.host(),
        site.port(),
        path);
  }

  @Override
  public String shown(String path) {
    return WebQuery.shown(path);
  }

  @Override
  public RemoteTerms terms() {
    return site.terms();
  }

  @Override
  public RemoteSession open(OpenSockets sockets) throws IOException {
    HttpCaller caller = new HttpCaller(site, tls, pause, sockets);
    sockets.add(caller::abort);
    return new HttpSession(site, caller, moves);
  }

  // a session is not opened at the server: there is nothing that it could refuse
  @Override
  public boolean isFull(IOException failure) {
    return false;
  }

  @Override
  public TransferException translate(String what, IOException failure) {
    return failures.translate(what, failure);
  }
}
