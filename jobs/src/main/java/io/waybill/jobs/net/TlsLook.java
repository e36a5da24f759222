package io.waybill.jobs.net;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.tls.IdentityException;
import io.waybill.transfer.tcp.tls.Pin;
import io.waybill.transfer.tcp.tls.ServerTrust;
import io.waybill.transfer.tcp.tls.SocketTls;
import io.waybill.transfer.tcp.tls.Tls;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Looks at what a server shows in TLS, whoever it is: nothing is sent to it after the handshake,
 * and nothing is believed. Whether it is the right one is decided at the login.
 */
public final class TlsLook {
  private TlsLook() {}

  /**
   * Shakes hands with a {@code waybill:} server over a connected socket.
   *
   * @throws IOException if the other end does not speak TLS 1.3 with the protocol's name
   */
  public static Map<String, Object> atHub(Socket connected, String host, int port)
      throws IOException {
    return at(connected, host, port, true);
  }

  /**
   * Shakes hands with any server over a connected socket.
   *
   * @throws IOException if the other end does not speak TLS
   */
  public static Map<String, Object> at(Socket connected, String host, int port) throws IOException {
    return at(connected, host, port, false);
  }

  /**
   * Shakes hands once more, and says whether the server is believed by whoever would log in.
   *
   * @param server to be connected to anew, up to where TLS begins
   * @throws TransferException.Authentication if it is not, with the reason
   * @throws IOException if there is no handshake
   */
  public static void requireTrusted(
      Network network, ServerTrust trust, boolean isHub, Map<String, Object> facts, Server server)
      throws IOException {
    SocketTls tls =
        SocketTls.client(trust, null, isHub ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2"));
    if (isHub) {
      tls = tls.asking(Tls.PROTOCOL);
    }
    try (Socket connected = server.connect();
        SSLSocket secured = tls.over(connected, network.host(), network.port())) {
      secured.startHandshake();
      facts.put("trusted", true);
    } catch (SSLException | IdentityException e) {
      IdentityException why = IdentityException.in(e);
      if (why == null) {
        throw e;
      }
      facts.put("trusted", false);
      throw new TransferException.Authentication(
          network.endpoint(), "", String.valueOf(why.getMessage()), why);
    }
  }

  /** Connects, and says what comes before TLS. */
  @FunctionalInterface
  public interface Server {
    /**
     * Connects.
     *
     * @throws IOException if that cannot be
     */
    Socket connect() throws IOException;
  }

  private static Map<String, Object> at(Socket connected, String host, int port, boolean isHub)
      throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Onlooker()}, null);
      try (SSLSocket socket =
          (SSLSocket) context.getSocketFactory().createSocket(connected, host, port, true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(
            isHub ? new String[] {"TLSv1.3"} : new String[] {"TLSv1.3", "TLSv1.2"});
        if (isHub) {
          parameters.setApplicationProtocols(new String[] {Tls.PROTOCOL});
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        if (isHub && !Tls.PROTOCOL.equals(socket.getApplicationProtocol())) {
          throw new IOException(
              "it speaks TLS, but not " + Tls.PROTOCOL + ": no waybill server is there");
        }
        return facts(socket.getSession());
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> facts(SSLSession session) throws IOException {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("version", session.getProtocol());
    facts.put("cipher", session.getCipherSuite());
    X509Certificate[] chain = (X509Certificate[]) session.getPeerCertificates();
    facts.put("pin", Pin.of(chain[0]).toString());
    List<Map<String, Object>> certificates = new ArrayList<>();
    for (X509Certificate each : chain) {
      Map<String, Object> certificate = new LinkedHashMap<>();
      certificate.put("subject", each.getSubjectX500Principal().getName());
      certificate.put("issuer", each.getIssuerX500Principal().getName());
      certificate.put("not-before", each.getNotBefore().toInstant().toString());
      certificate.put("not-after", each.getNotAfter().toInstant().toString());
      certificate.put(
          "days-left", Duration.between(Instant.now(), each.getNotAfter().toInstant()).toDays());
      certificates.add(certificate);
    }
    facts.put("chain", certificates);
    return facts;
  }

  /** Looks and believes nothing; see {@link TlsLook}. */
  private static final class Onlooker extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
