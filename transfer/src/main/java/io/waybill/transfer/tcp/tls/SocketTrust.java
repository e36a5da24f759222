package io.waybill.transfer.tcp.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides about a server's certificates, for sockets only, and says what is wrong with them in
 * words. For servers of other protocols than ours: where to get a pin from is their business.
 */
final class SocketTrust extends X509ExtendedTrustManager {
  private final ServerTrust trust;

  SocketTrust(ServerTrust trust) {
    this.trust = trust;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    if (!(socket instanceof SSLSocket secured)) {
      throw socketsOnly();
    }
    String peer = peer(secured.getHandshakeSession());
    if (trust instanceof ServerTrust.Pinned pinned) {
      checkKey(chain[0], pinned.pins(), peer);
    } else {
      checkChain(chain, authType, secured, (ServerTrust.Authorities) trust, peer);
    }
  }

  private static String peer(SSLSession session) {
    return session.getPeerHost() + ":" + session.getPeerPort();
  }

  private static void checkKey(X509Certificate shown, List<Pin> pins, String peer)
      throws CertificateException {
    boolean known = false;
    for (Pin pin : pins) {
      known |= pin.matches(shown);
    }
    if (!known) {
      throw refusal(
          "the server at %s shows the key %s, the pin says %s; if the server was given a new key on purpose, have whoever runs it confirm the new one and replace the pin; if not, somebody may be between you and the server"
              .formatted(
                  peer,
                  Pin.of(shown),
                  String.join(" or ", pins.stream().map(Pin::toString).toList())),
          null);
    }
  }

  private static void checkChain(
      X509Certificate[] chain,
      String authType,
      SSLSocket socket,
      ServerTrust.Authorities authorities,
      String peer)
      throws CertificateException {
    try {
      authorities.manager().checkServerTrusted(chain, authType, socket);
      chain[0].checkValidity(); // the JDK does not look at one that is itself an authority
    } catch (CertificateException e) {
      throw refusal(reason(chain, authType, authorities, peer), e);
    }
  }

  private static String reason(
      X509Certificate[] chain, String authType, ServerTrust.Authorities authorities, String peer) {
    X509Certificate shown = chain[0];
    String who =
        "the server at %s shows a certificate of %s".formatted(peer, CertificateWords.of(shown));
    try {
      shown.checkValidity();
    } catch (CertificateException e) {
      return "%s that is valid from %s to %s only, and is not now; whoever runs the server has to renew it (or this machine's clock is wrong)"
          .formatted(who, shown.getNotBefore().toInstant(), shown.getNotAfter().toInstant());
    }
    try {
      authorities.manager().checkServerTrusted(chain, authType);
      return "%s that is not for the name %s; use a name that the certificate has, or have the key confirmed and trust it as a pin"
          .formatted(who, peer.substring(0, peer.lastIndexOf(':')));
    } catch (CertificateException e) {
      // its message, "PKIX path building failed", says no more
      return "%s that %s do not vouch for; if it is the right server, trust its authority (a PEM file), or have the key confirmed and trust it as a pin"
          .formatted(who, authorities.what());
    }
  }

  private static CertificateException refusal(String message, @Nullable Throwable cause) {
    return new CertificateException(message, new IdentityException(message, cause));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw socketsOnly();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw socketsOnly();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw socketsOnly();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw socketsOnly();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw socketsOnly();
  }

  private static CertificateException socketsOnly() {
    return new CertificateException("only servers on sockets are checked here");
  }

  /** Names no authority: what a server shows is judged, not asked for. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
