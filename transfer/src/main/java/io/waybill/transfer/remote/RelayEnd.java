package io.waybill.transfer.remote;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import java.util.function.Function;

/** An endpoint that gives and takes files as they are read, without a place for them here. */
public interface RelayEnd {
  /**
   * Opens a file for somebody who sends it elsewhere as it is read.
   *
   * @param work is over when this returns; the source is closed then
   * @throws TransferException.NotFound if there is no such file
   */
  <T> T reading(String path, TransferOptions options, Function<UploadSource, T> work);

  /**
   * Sends what comes from elsewhere.
   *
   * @param source stays the caller's to close
   * @param path the full name of the target
   */
  TransferReceipt upload(UploadSource source, String path, TransferOptions options);
}
