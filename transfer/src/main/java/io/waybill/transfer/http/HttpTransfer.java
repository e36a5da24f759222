package io.waybill.transfer.http;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.remote.RemoteTransfer;
import io.waybill.transfer.tcp.tls.ServerTrust;
import io.waybill.transfer.tcp.tls.Tls;
import java.io.IOException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Moves files to and from HTTP servers. A path may hold a query, which is sent as it is written;
 * directories are the names that end in a slash or that the server redirects there.
 */
public final class HttpTransfer {
  private HttpTransfer() {}

  /**
   * Prepares. HTTP has no login of its own: nothing is sent before the first call, and that one
   * tells whether the server is there and takes the login.
   *
   * @throws TransferException.Configuration if Java's own trust store cannot be used
   */
  public static FileTransfer connect(HttpSite site) {
    return RemoteTransfer.connect(new HttpEndpoint(site, context(site)));
  }

  static @Nullable SSLContext context(HttpSite site) {
    if (!site.isHttps()) {
      return null;
    }
    try {
      ServerTrust trust = site.trust().isPresent() ? site.trust().get() : ServerTrust.system();
      return Tls.clientContext(trust);
    } catch (IOException e) {
      throw new TransferException.Configuration(
          "TLS to %s cannot be set up: %s".formatted(site, e.getMessage()), e);
    }
  }
}
