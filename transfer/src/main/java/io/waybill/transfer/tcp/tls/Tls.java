package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes TLS channels of one end: TLS 1.3 only, ALPN {@code waybill/1}, AES-128-GCM before
 * AES-256-GCM before ChaCha20. Safe for use by many threads.
 */
public final class Tls {
  /** The protocol's name in ALPN (RFC 7301). */
  public static final String PROTOCOL = "waybill/1";

  private static final String[] SUITES = {
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
  };

  private final SSLContext context;
  private final @Nullable X509Certificate server;
  private final ClientCertificates clients;
  private final boolean checksName;

  private Tls(
      SSLContext context,
      @Nullable X509Certificate server,
      ClientCertificates clients,
      boolean checksName) {
    this.context = context;
    this.server = server;
    this.clients = clients;
    this.checksName = checksName;
  }

  /**
   * Makes the client's end.
   *
   * @param own what the client proves itself by, or null
   * @throws IdentityException if the JDK cannot use the identity
   */
  public static Tls client(ServerTrust trust, @Nullable Identity own) throws IOException {
    return new Tls(
        context("TLSv1.3", own, check(trust)), null, ClientCertificates.none(), trust.checksName());
  }

  /**
   * Makes what a library speaks TLS 1.2 and 1.3 with as a client, over engines only. Where the
   * trust goes by names, the engine's endpoint identification must be on.
   *
   * @throws IdentityException if the JDK cannot set it up
   */
  public static SSLContext clientContext(ServerTrust trust) throws IOException {
    return context("TLS", null, check(trust));
  }

  private static EngineTrust check(ServerTrust trust) {
    return trust instanceof ServerTrust.Pinned pinned
        ? new PinTrust(pinned.pins())
        : new NameTrust((ServerTrust.Authorities) trust);
  }

  /**
   * Makes the server's end.
   *
   * @throws IdentityException if the JDK cannot use the identity
   */
  public static Tls server(Identity own, ClientCertificates clients) throws IOException {
    return new Tls(context("TLSv1.3", own, clients.trust()), own.certificate(), clients, false);
  }

  private static SSLContext context(String protocol, @Nullable Identity own, EngineTrust trust)
      throws IOException {
    try {
      SSLContext context = SSLContext.getInstance(protocol);
      KeyManager[] keys = own == null ? new KeyManager[0] : own.keyManagers();
      context.init(keys, new TrustManager[] {trust}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IdentityException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  /**
   * Puts TLS over two blocking channels, which may be the same one. Nothing is sent before {@link
   * TlsChannel#handshake}.
   *
   * @param peerHost the peer's name; a client checks the certificate against it
   */
  public TlsChannel over(
      ReadableByteChannel in, WritableByteChannel out, String peerHost, int peerPort) {
    return new TlsChannel(engine(peerHost, peerPort), in, out, server, clients);
  }

  private SSLEngine engine(String host, int port) {
    SSLEngine engine = context.createSSLEngine(host, port);
    engine.setUseClientMode(server == null);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setCipherSuites(SUITES);
    parameters.setUseCipherSuitesOrder(true);
    parameters.setApplicationProtocols(new String[] {PROTOCOL});
    if (checksName) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    if (clients.wanted()) {
      parameters.setWantClientAuth(true);
    }
    engine.setSSLParameters(parameters);
    return engine;
  }
}
