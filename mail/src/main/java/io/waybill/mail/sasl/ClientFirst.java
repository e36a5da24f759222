package io.waybill.mail.sasl;

import java.util.Optional;

/**
 * Is an exchange that the client begins. Its first word answers the first challenge if that is
 * empty, whether or not it went out with the command: some servers overlook it there.
 */
abstract class ClientFirst implements SaslExchange {
  private final String mechanism;
  private final byte[] first;
  private boolean begun;

  ClientFirst(String mechanism, byte[] first) {
    this.mechanism = mechanism;
    this.first = first;
  }

  /** Answers what comes after the client's first word; never given more than is bounded. */
  abstract byte[] next(byte[] challenge) throws SaslException;

  @Override
  public final String mechanism() {
    return mechanism;
  }

  @Override
  public final Optional<byte[]> initialResponse() {
    return Optional.of(first.clone());
  }

  @Override
  public final byte[] respond(byte[] challenge) throws SaslException {
    Challenges.requireBounded(challenge);
    boolean begins = !begun && challenge.length == 0;
    begun = true;
    return begins ? first.clone() : next(challenge);
  }

  @Override
  public final String toString() {
    return mechanism;
  }
}
