package io.waybill.mail;

import java.io.IOException;
import java.io.InputStream;

/**
 * Holds a message whose bytes will never change again: every attempt sends exactly these.
 *
 * <p>Two kinds exist: one just composed, and one that waits in an outbox.
 */
public interface FrozenMessage {
  /** Returns the Message-ID header with its angle brackets. */
  String messageId();

  /** Returns who sends it to whom. */
  Envelope envelope();

  /** Returns the number of bytes that {@link #open()} yields. */
  long sizeBytes();

  /** Returns the digest of those bytes as {@code sha-256:<hex>}. */
  String sha256();

  /** Returns what those bytes ask of a server. */
  default MessageEncoding encoding() {
    return MessageEncoding.SEVEN_BIT;
  }

  /**
   * Opens the message: lines ended by CRLF, not dot-stuffed. May be called again and again.
   *
   * @throws IOException if the bytes cannot be read
   */
  InputStream open() throws IOException;
}
