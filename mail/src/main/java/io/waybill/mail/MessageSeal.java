package io.waybill.mail;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Turns the composed bytes of a message into those that are sent: signs or encrypts them.
 *
 * <p>Seals are applied in the order given, before the message is frozen. Safe for use by several
 * threads.
 */
public interface MessageSeal {
  /**
   * Writes the sealed message, headers and all, with lines ended by CRLF.
   *
   * @param message may be opened again and again; never held in memory as a whole
   * @throws IOException if it cannot be read, or not be sealed
   */
  void seal(Content message, OutputStream sealed) throws IOException;

  /** Opens the same bytes each time. */
  @FunctionalInterface
  interface Content {
    /** Opens the content from its first byte; the caller closes it. */
    InputStream open() throws IOException;
  }
}
