package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which certificates a server takes from clients. A client may send none; one that is sent
 * and not acceptable ends the handshake with an alert. Safe for use by many threads.
 */
public final class ClientCertificates {
  private final @Nullable X509ExtendedTrustManager authorities;
  private final Supplier<Set<Pin>> pins;

  private ClientCertificates(
      @Nullable X509ExtendedTrustManager authorities, Supplier<Set<Pin>> pins) {
    this.authorities = authorities;
    this.pins = pins;
  }

  private static Supplier<Set<Pin>> fixed(Set<Pin> pins) {
    Set<Pin> copy = Set.copyOf(pins);
    return () -> copy;
  }

  /** Takes what this takes, and certificates with the keys that there are when one is shown. */
  public ClientCertificates orPins(Supplier<Set<Pin>> more) {
    return new ClientCertificates(
        authorities,
        () -> {
          Set<Pin> all = new HashSet<>(pins.get());
          all.addAll(more.get());
          return all;
        });
  }

  /** Asks no client for a certificate. */
  public static ClientCertificates none() {
    return new ClientCertificates(null, fixed(Set.of()));
  }

  /** Takes certificates with these keys, whatever else they say. An empty set is {@link #none}. */
  public static ClientCertificates pins(Set<Pin> pins) {
    return new ClientCertificates(null, fixed(pins));
  }

  /**
   * Takes certificates that an authority in a PEM file vouches for, and those with these keys. The
   * file is read now.
   *
   * @throws IdentityException if the file holds no certificate
   * @throws IOException if it cannot be read
   */
  public static ClientCertificates authorities(Path pem, Set<Pin> pins) throws IOException {
    return new ClientCertificates(EngineTrust.jdk(Pem.read(pem).certificates()), fixed(pins));
  }

  /** Tells whether clients are asked. */
  public boolean wanted() {
    return authorities != null || !pins.get().isEmpty();
  }

  EngineTrust trust() {
    return new EngineTrust() {
      @Override
      @Nullable IdentityException refusal(
          X509Certificate[] chain, String authType, SSLEngine engine) {
        return ClientCertificates.this.refusal(chain, authType);
      }
    };
  }

  private @Nullable IdentityException refusal(X509Certificate[] chain, String authType) {
    if (pins.get().contains(Pin.of(chain[0]))) {
      return null;
    }
    @Nullable CertificateException failure = chainFailure(chain, authType);
    if (authorities != null && failure == null) {
      return null;
    }
    return new IdentityException(
        "the client shows a certificate of %s that is neither pinned nor vouched for by an authority of this server; if it is to be let in: waybill serve user add NAME --pin %s"
            .formatted(CertificateWords.of(chain[0]), Pin.of(chain[0])),
        failure);
  }

  private @Nullable CertificateException chainFailure(X509Certificate[] chain, String authType) {
    if (authorities == null) {
      return null;
    }
    try {
      authorities.checkClientTrusted(chain, authType);
      chain[0].checkValidity(); // the JDK does not look at one that is itself an authority
      return null;
    } catch (CertificateException e) {
      return e;
    }
  }

  /**
   * Says who the client is; empty if it sent no certificate. Checks again, as a resumed session is
   * not checked by the handshake.
   *
   * @throws IdentityException if the certificate is no longer acceptable
   */
  Optional<ClientIdentity> identify(SSLSession session) throws IdentityException {
    X509Certificate[] chain;
    try {
      chain = (X509Certificate[]) session.getPeerCertificates();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
    IdentityException refusal = refusal(chain, "UNKNOWN");
    if (refusal != null) {
      throw refusal;
    }
    boolean vouched = authorities != null && chainFailure(chain, "UNKNOWN") == null;
    return Optional.of(
        new ClientIdentity(Pin.of(chain[0]), vouched ? commonName(chain[0]) : Optional.empty()));
  }

  private static Optional<String> commonName(X509Certificate certificate) throws IdentityException {
    String subject = certificate.getSubjectX500Principal().getName();
    try {
      for (Rdn part : new LdapName(subject).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return Optional.of(part.getValue().toString());
        }
      }
      return Optional.empty();
    } catch (InvalidNameException e) {
      throw new IdentityException("the client's certificate has no readable subject", e);
    }
  }
}
