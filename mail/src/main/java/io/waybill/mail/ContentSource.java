package io.waybill.mail;

import java.io.IOException;
import java.io.InputStream;

/** Opens content that is not held in memory, such as a file or an object of a store. */
@FunctionalInterface
public interface ContentSource {
  /**
   * Opens the content from its first byte; the caller closes it.
   *
   * @throws IOException if it cannot be read
   */
  InputStream open() throws IOException;
}
