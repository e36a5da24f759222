package io.waybill.transfer.remote;

import java.io.IOException;

/** Takes a file's bytes as they come. */
@FunctionalInterface
public interface ByteSink {
  /**
   * Takes the next bytes.
   *
   * @return false if no more are wanted
   */
  boolean accept(byte[] bytes, int length) throws IOException;
}
