package io.waybill.mail.net;

import io.waybill.mail.MailAccount;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Opens plain sockets and puts TLS on them, the same way for every protocol. */
public final class Connector {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private Connector() {}

  /** Connects a plain socket that the guard can close from the first moment on. */
  public static Socket connect(MailAccount account, int port, CallGuard guard) throws IOException {
    Socket socket = account.socketFactory().createSocket();
    try {
      guard.watch(socket);
      // An unresolvable name stays in the address: a proxy's socket resolves it at the other end.
      socket.connect(
          new InetSocketAddress(account.host(), port), (int) account.connectTimeout().toMillis());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) account.commandTimeout().toMillis());
      return socket;
    } catch (IOException | RuntimeException e) {
      closeAfter(e, socket);
      throw e;
    }
  }

  /**
   * Shakes hands for TLS 1.2 or newer over a connected socket; the certificate must be trusted and
   * name the account's host.
   */
  public static SSLSocket secure(MailAccount account, Socket plain, int port) throws IOException {
    SSLSocketFactory factory =
        account
            .sslContext()
            .map(context -> context.getSocketFactory())
            .orElseGet(() -> (SSLSocketFactory) SSLSocketFactory.getDefault());
    SSLSocket socket = (SSLSocket) factory.createSocket(plain, account.host(), port, true);
    try {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setProtocols(PROTOCOLS);
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      requireValidNow(socket.getSession());
      return socket;
    } catch (IOException | RuntimeException e) {
      closeAfter(e, plain);
      throw e;
    }
  }

  /** A certificate that is trusted as itself is not looked at any further by the platform. */
  private static void requireValidNow(SSLSession session) throws SSLException {
    try {
      for (Certificate each : session.getPeerCertificates()) {
        if (each instanceof X509Certificate shown) {
          shown.checkValidity();
        }
      }
    } catch (CertificateException e) {
      throw (SSLException) new SSLHandshakeException(String.valueOf(e.getMessage())).initCause(e);
    }
  }

  private static void closeAfter(Exception failure, Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
