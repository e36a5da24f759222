package io.waybill.transfer.tcp.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** Checks servers by chain and name, and finds out which of the two failed. */
final class NameTrust extends EngineTrust {
  private final ServerTrust.Authorities authorities;

  NameTrust(ServerTrust.Authorities authorities) {
    this.authorities = authorities;
  }

  @Override
  @Nullable IdentityException refusal(X509Certificate[] chain, String authType, SSLEngine engine) {
    try {
      authorities.manager().checkServerTrusted(chain, authType, engine);
      chain[0].checkValidity(); // the JDK does not look at one that is itself an authority
      return null;
    } catch (CertificateException e) {
      return new IdentityException(reason(chain, authType, engine), e);
    }
  }

  private String reason(X509Certificate[] chain, String authType, SSLEngine engine) {
    X509Certificate shown = chain[0];
    String who =
        "the server at %s:%d shows a certificate of %s"
            .formatted(engine.getPeerHost(), engine.getPeerPort(), CertificateWords.of(shown));
    try {
      shown.checkValidity();
    } catch (CertificateException e) {
      return "%s that is valid from %s to %s only, and is not now; whoever runs the server has to renew it (or this machine's clock is wrong)"
          .formatted(who, shown.getNotBefore().toInstant(), shown.getNotAfter().toInstant());
    }
    try {
      authorities.manager().checkServerTrusted(chain, authType);
      return "%s that is not for the name %s; use a name that the certificate has, or trust its key: --pin sha-256:..., as waybill serve prints it"
          .formatted(who, engine.getPeerHost());
    } catch (CertificateException e) {
      // its message, "PKIX path building failed", says no more
      return "%s that %s do not vouch for; if it is the right server, trust its key: --pin sha-256:..., as waybill serve prints it, or its authority: --ca FILE"
          .formatted(who, authorities.what());
    }
  }
}
