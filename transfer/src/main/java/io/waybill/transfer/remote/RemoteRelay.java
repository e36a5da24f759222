package io.waybill.transfer.remote;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;

/**
 * Copies files from one endpoint to another through this process: bytes go on as they come, 4 MiB
 * at most are held, and the window of 8 MiB (32 MiB at the very most) where one end is a {@code
 * waybill:} server; nothing is written here. A lost session, with either, is made again and the
 * file goes on, where the endpoint can do that.
 */
public final class RemoteRelay {
  private final RelayEnd source;
  private final RelayEnd target;

  private RemoteRelay(RelayEnd source, RelayEnd target) {
    this.source = source;
    this.target = target;
  }

  /** Copies over the sessions of both, which stay the caller's to close. */
  public static RemoteRelay between(RelayEnd source, RelayEnd target) {
    return new RemoteRelay(source, target);
  }

  /**
   * Copies one file.
   *
   * @param from the file at the source
   * @param to its new name at the target
   * @throws TransferException.Configuration if it shall be appended: an append that was cut short
   *     cannot be told from one that was not
   */
  public TransferReceipt copy(String from, String to, TransferOptions options) {
    if (options.targetPolicy() == TargetPolicy.APPEND) {
      throw new TransferException.Configuration(
          "What is copied from one server to another is not appended to %s, as that could not be whole or not at all; use another target policy"
              .formatted(to));
    }
    return source.equals(target) && source instanceof RemoteTransfer one
        ? one.pool().pairing(() -> copied(from, to, options))
        : copied(from, to, options);
  }

  private TransferReceipt copied(String from, String to, TransferOptions options) {
    return source.reading(from, options, file -> target.upload(file, to, options));
  }
}
