package io.waybill.testkit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Locale;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Certificates for servers of tests, with their keys: a good one, and three that a client must
 * refuse.
 *
 * <p>All but {@link #STRANGER} are signed by one authority, which clients trust by {@link
 * #trusting}: a JDK that trusts a certificate itself does not look at its dates. The keys are
 * public; protect nothing with them.
 */
public enum ServerCertificate {
  /** Is for localhost, 127.0.0.1 and ::1, until 2119. */
  LOCALHOST,
  /** Is in order, but for mail.example only. */
  OTHER_NAME,
  /** Is for localhost, and ran out in 2020. */
  EXPIRED,
  /** Is for localhost, but signed by nobody but itself. */
  STRANGER;

  private static final String STORE = "certificates.p12";
  private static final String AUTHORITY = "authority";
  private static final char[] PASSWORD = "changeit".toCharArray();

  /** Returns a context for a server that shows this certificate. */
  public SSLContext context() {
    try {
      KeyStore all = load();
      KeyStore one = empty();
      one.setKeyEntry(
          alias(), all.getKey(alias(), PASSWORD), PASSWORD, all.getCertificateChain(alias()));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(one, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the certificate. */
  public X509Certificate certificate() {
    return certificate(alias());
  }

  /** Returns the certificate of the authority that {@link #trusting} trusts. */
  public static X509Certificate authority() {
    return certificate(AUTHORITY);
  }

  /** Returns a context for clients that trust the authority, and nobody else. */
  public static SSLContext trusting() {
    try {
      KeyStore trusted = empty();
      trusted.setCertificateEntry(AUTHORITY, authority());
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String alias() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static X509Certificate certificate(String alias) {
    try {
      return (X509Certificate) load().getCertificate(alias);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException {
    return read(null);
  }

  private static KeyStore load() throws GeneralSecurityException {
    try (InputStream in = ServerCertificate.class.getResourceAsStream(STORE)) {
      if (in == null) {
        throw new FileNotFoundException(STORE + " is missing beside " + ServerCertificate.class);
      }
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KeyStore read(@Nullable InputStream in) throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD);
      return store;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
