package io.waybill.transfer.sync;

import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;

/**
 * Copies one file from one side to the other, whichever way the two are to be brought together.
 * Called by several threads.
 */
@FunctionalInterface
public interface Copier {
  /**
   * Copies.
   *
   * @param source as {@link Side#sourceName} tells it
   * @param target as {@link Side#targetName} tells it; its directory is there
   */
  TransferReceipt copy(String source, String target, TransferOptions options);
}
