package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Decides about a peer's certificates, for engines only: sockets would lack the peer's name. */
abstract class EngineTrust extends X509ExtendedTrustManager {

  /** Returns what speaks against the chain, or null. */
  abstract @Nullable IdentityException refusal(
      X509Certificate[] chain, String authType, SSLEngine engine);

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, authType, engine);
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, authType, engine);
  }

  private void check(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    IdentityException refusal = refusal(chain, authType, engine);
    if (refusal != null) {
      throw new CertificateException(refusal.getMessage(), refusal);
    }
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw enginesOnly();
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw enginesOnly();
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String type)
      throws CertificateException {
    throw enginesOnly();
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String type)
      throws CertificateException {
    throw enginesOnly();
  }

  private static CertificateException enginesOnly() {
    return new CertificateException("only engines are checked here");
  }

  /** Names no authority, so that a peer shows what it has and is told what is wrong with it. */
  @Override
  public final X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  /** Makes the JDK's own check: against these authorities, or against its trust store if null. */
  static X509ExtendedTrustManager jdk(@Nullable List<X509Certificate> authorities)
      throws IOException {
    try {
      KeyStore store = null;
      if (authorities != null) {
        store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
          store.setCertificateEntry("authority-" + i, authorities.get(i));
        }
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      init(factory, store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager found) {
          return found;
        }
      }
      throw new IdentityException("this JDK has no X.509 trust manager");
    } catch (GeneralSecurityException e) {
      throw new IdentityException("the authorities cannot be used: " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("NullAway") // null is the JDK's trust store, as documented
  private static void init(TrustManagerFactory factory, @Nullable KeyStore store)
      throws GeneralSecurityException {
    factory.init(store);
  }
}
