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

  /**
   * Returns how many bytes it takes now without waiting long, at least one: not more than these are
   * to be read at once. What is kept on the way is at most ten times as much.
   */
  default int most() {
    return Integer.MAX_VALUE;
  }
}
