package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.X509ExtendedTrustManager;

/** Chooses what makes a client believe that a server is the right one. Immutable. */
public sealed interface ServerTrust {

  /**
   * Believes a server that has one of these keys; its certificate's name and end do not count.
   *
   * @throws IllegalArgumentException if there is no pin
   */
  static ServerTrust pin(Pin... pins) {
    return new Pinned(List.of(pins));
  }

  /**
   * Believes a certificate for the host's name (RFC 6125) that one of the authorities in a PEM file
   * vouches for. The file is read now.
   *
   * @throws IdentityException if the file holds no certificate
   * @throws IOException if it cannot be read
   */
  static ServerTrust authorities(Path pem) throws IOException {
    return new Authorities(
        "the authorities in " + pem, EngineTrust.jdk(Pem.read(pem).certificates()));
  }

  /**
   * Believes a certificate for the host's name (RFC 6125) that an authority of the JDK's trust
   * store vouches for.
   *
   * @throws IOException if the trust store cannot be read
   */
  static ServerTrust system() throws IOException {
    return new Authorities("the authorities that Java trusts", EngineTrust.jdk(null));
  }

  /** By key. */
  record Pinned(List<Pin> pins) implements ServerTrust {
    /** Refuses an empty list. */
    public Pinned {
      pins = List.copyOf(pins);
      if (pins.isEmpty()) {
        throw new IllegalArgumentException("no pin: a server with no key can never be believed");
      }
    }
  }

  /** By name and chain; {@code what} names the authorities in messages. */
  record Authorities(String what, X509ExtendedTrustManager manager) implements ServerTrust {}

  /** Tells whether the certificate must be for the host's name. */
  default boolean checksName() {
    return this instanceof Authorities;
  }
}
