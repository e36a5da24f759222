package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Puts a client's TLS over sockets, for protocols whose servers are not ours. What one of these
 * made can resume the sessions of what it made before, to the same host and port; two know nothing
 * of each other's. Every server is checked: by its key, or by chain and name. Safe for use by many
 * threads.
 */
public final class SocketTls {
  private static final String TICKETS = "jdk.tls.client.enableSessionTicketExtension";

  private final SSLSocketFactory factory;
  private final SSLParameters parameters;

  private SocketTls(SSLSocketFactory factory, SSLParameters parameters) {
    this.factory = factory;
    this.parameters = parameters;
  }

  /**
   * Makes one, with no sessions yet.
   *
   * @param own what the client proves itself by, or null
   * @param protocols as JSSE names them, {@code TLSv1.3} and {@code TLSv1.2}
   * @throws IdentityException if the JDK cannot use the identity or the protocols
   */
  public static SocketTls client(ServerTrust trust, @Nullable Identity own, List<String> protocols)
      throws IOException {
    try {
      SSLContext context = context(protocols);
      KeyManager[] keys = own == null ? new KeyManager[0] : own.keyManagers();
      context.init(keys, new TrustManager[] {new SocketTrust(trust)}, new SecureRandom());
      SSLParameters parameters = context.getDefaultSSLParameters();
      parameters.setProtocols(protocols.toArray(String[]::new));
      parameters.setCipherSuites(fastestFirst(parameters.getCipherSuites()));
      if (trust.checksName()) {
        // also a condition of resuming: a session is taken up only under the same one
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
      }
      return new SocketTls(context.getSocketFactory(), parameters);
    } catch (GeneralSecurityException e) {
      throw new IdentityException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  /**
   * Makes the context. Under TLS 1.2 the JDK resumes no session of OpenSSL's by ticket (RFC 5077),
   * but does so by session id if it asks for no ticket. Only a property says that, and it is read
   * when a context is made: it is set for just that moment, and whoever makes another context in it
   * loses nothing, as TLS 1.3 has tickets of its own.
   */
  private static SSLContext context(List<String> protocols) throws GeneralSecurityException {
    synchronized (TICKETS) {
      boolean sets = protocols.equals(List.of("TLSv1.2")) && System.getProperty(TICKETS) == null;
      if (!sets) {
        return SSLContext.getInstance("TLS");
      }
      System.setProperty(TICKETS, "false");
      try {
        return SSLContext.getInstance("TLS");
      } finally {
        System.clearProperty(TICKETS);
      }
    }
  }

  // AES-128-GCM is twice as fast as what the JDK asks for first
  private static String[] fastestFirst(String[] suites) {
    return Arrays.stream(suites)
        .sorted(Comparator.comparing((String suite) -> !suite.contains("AES_128_GCM")))
        .toArray(String[]::new);
  }

  /** Returns the same, but asking for a protocol by its name (RFC 7301). */
  public SocketTls asking(String protocol) {
    SSLParameters other = over(parameters);
    other.setApplicationProtocols(new String[] {protocol});
    return new SocketTls(factory, other);
  }

  private static SSLParameters over(SSLParameters parameters) {
    SSLParameters copy = new SSLParameters(parameters.getCipherSuites(), parameters.getProtocols());
    copy.setEndpointIdentificationAlgorithm(parameters.getEndpointIdentificationAlgorithm());
    return copy;
  }

  /**
   * Puts TLS over a connected socket, which is closed with it. Nothing is sent before the
   * handshake.
   *
   * @param host the server's name, which its certificate must have unless it is trusted by its key
   */
  public SSLSocket over(Socket connected, String host, int port) throws IOException {
    SSLSocket socket = (SSLSocket) factory.createSocket(connected, host, port, true);
    socket.setSSLParameters(parameters);
    return socket;
  }
}
