package io.waybill.transfer;

/**
 * Is told how a transfer comes along; it only looks on. Called on the thread that copies, at most
 * about once a second and at each change of phase. What it throws is logged and changes nothing.
 */
@FunctionalInterface
public interface TransferListener {
  /** The listener that does nothing. */
  TransferListener NONE = progress -> {};

  /** Is told the newest state of one file. */
  void progressed(TransferProgress progress);
}
