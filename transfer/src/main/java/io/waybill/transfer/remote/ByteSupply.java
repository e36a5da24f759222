package io.waybill.transfer.remote;

import java.io.IOException;

/** Gives a file's bytes as they are asked for. */
@FunctionalInterface
public interface ByteSupply {
  /**
   * Fills a buffer from its start, with at least one byte unless the file ends.
   *
   * @return how many bytes it gave, 0 at the end
   */
  int fill(byte[] bytes) throws IOException;
}
