package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.tls.Pin;

/** What a user has to show to be let in. */
sealed interface UserProof {
  String CERTIFICATE = "certificate";

  /** A key, of which the server has what checks it. */
  record Key(ScramKey key) implements UserProof {
    @Override
    public String format() {
      return key.format();
    }
  }

  /** The certificate with this public key, whoever has signed it. */
  record Pinned(Pin pin) implements UserProof {
    @Override
    public String format() {
      return pin.toString();
    }
  }

  /** A certificate by an authority that the server trusts, with the user's name as common name. */
  record Certified() implements UserProof {
    @Override
    public String format() {
      return CERTIFICATE;
    }
  }

  /** The written form, which logs nobody in. */
  String format();

  /**
   * Reads the written form.
   *
   * @throws IllegalArgumentException if it is none; the message never repeats it
   */
  static UserProof parse(String text) {
    if (text.equals(CERTIFICATE)) {
      return new Certified();
    }
    return text.startsWith("sha-256:")
        ? new Pinned(Pin.parse(text))
        : new Key(ScramKey.parse(text));
  }
}
