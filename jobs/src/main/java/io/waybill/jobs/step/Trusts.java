package io.waybill.jobs.step;

import io.waybill.jobs.Connection.Trust;
import io.waybill.transfer.tcp.tls.Pin;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;

/** Tells the transfer module by what a server is known. */
public final class Trusts {
  private Trusts() {}

  /**
   * Translates one.
   *
   * @throws IllegalArgumentException for {@link Trust.Plaintext}
   * @throws IOException if a PEM file or Java's trust store cannot be read
   */
  public static ServerTrust of(Trust trust) throws IOException {
    if (trust instanceof Trust.Pinned pinned) {
      return ServerTrust.pin(pinned.pins().stream().map(Pin::parse).toArray(Pin[]::new));
    }
    if (trust instanceof Trust.Authority authority) {
      return ServerTrust.authorities(authority.pem());
    }
    if (trust instanceof Trust.Public) {
      return ServerTrust.system();
    }
    throw new IllegalArgumentException("nothing is known of a server without TLS");
  }
}
