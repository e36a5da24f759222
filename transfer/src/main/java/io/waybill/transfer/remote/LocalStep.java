package io.waybill.transfer.remote;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.LocalFailures;
import java.io.IOException;
import java.nio.file.Path;

/** Work on a file of this machine, in the middle of what is asked of an endpoint. */
@FunctionalInterface
interface LocalStep {
  void run() throws IOException;

  /**
   * Does it.
   *
   * @throws TransferException for what goes wrong here, which must not be taken for a lost
   *     connection
   */
  static void at(Path target, LocalStep step) {
    try {
      step.run();
    } catch (IOException e) {
      throw LocalFailures.translate(target, e);
    }
  }
}
