package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.file.DirectoryHandle;
import java.io.IOException;

/**
 * Where a received file goes.
 *
 * @param directory opens the directory it goes to, each time anew
 * @param name its final name, one segment
 * @param sourceLocation where it comes from, the same text at every try
 */
public record Target(Opener directory, String name, String sourceLocation) {

  /** Opens a directory. */
  @FunctionalInterface
  public interface Opener {
    DirectoryHandle open() throws IOException;
  }
}
