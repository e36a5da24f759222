package io.waybill.transfer.tcp.login;

import io.waybill.transfer.Credentials;

/** What a client logs in with. */
public sealed interface Proof {

  /** A user and the key that both ends know. */
  record Key(Credentials credentials) implements Proof {}

  /**
   * The certificate that TLS has proven already.
   *
   * @param user who to be, or empty for the one that the certificate names
   */
  record Certificate(String user) implements Proof {}

  /** A ticket, to join a session. */
  record Ticket(String text) implements Proof {
    @Override
    public String toString() {
      return "Ticket";
    }
  }
}
