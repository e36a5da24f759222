package io.waybill.jobs.step;

import io.waybill.jobs.Connection.Trust;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Believes the authorities in a PEM file as it is when a server shows its certificate: a renewed
 * file counts without a restart. A file that cannot be read any more leaves the last one in force.
 */
final class AuthorityFile extends X509ExtendedTrustManager {
  private static final Logger log = LoggerFactory.getLogger(AuthorityFile.class);

  private final Path pem;
  private X509ExtendedTrustManager known;
  private FileTime readAt;

  private AuthorityFile(Path pem) throws IOException {
    this.pem = pem;
    this.readAt = Files.getLastModifiedTime(pem);
    this.known = read(pem);
  }

  /**
   * Reads the file.
   *
   * @throws IOException if it cannot be read, or holds no certificate
   */
  static AuthorityFile of(Trust.Authority authority) throws IOException {
    return new AuthorityFile(authority.pem());
  }

  private static X509ExtendedTrustManager read(Path pem) throws IOException {
    if (ServerTrust.authorities(pem) instanceof ServerTrust.Authorities authorities) {
      return authorities.manager();
    }
    throw new IllegalStateException("authorities are believed by name and chain");
  }

  private synchronized X509ExtendedTrustManager current() {
    try {
      FileTime now = Files.getLastModifiedTime(pem);
      if (!now.equals(readAt)) {
        known = read(pem);
        readAt = now;
        log.info("event=authorities-read-again file={}", pem);
      }
    } catch (IOException e) {
      log.warn("event=authorities-not-read file={} error={}", pem, e.toString());
    }
    return known;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    current().checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    current().checkServerTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    current().checkServerTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw new CertificateException("these are for servers");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("these are for servers");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("these are for servers");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return current().getAcceptedIssuers();
  }
}
