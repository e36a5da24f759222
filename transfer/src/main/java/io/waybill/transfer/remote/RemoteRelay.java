package io.waybill.transfer.remote;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;

/**
 * Copies files from one endpoint to another through this process: bytes go on as they come, 4 MiB
 * at most are held, and nothing is written here. A lost session, with either, is made again and the
 * file goes on, where the endpoint can do that.
 */
public final class RemoteRelay {
  private final RemoteTransfer source;
  private final RemoteTransfer target;

  private RemoteRelay(RemoteTransfer source, RemoteTransfer target) {
    this.source = source;
    this.target = target;
  }

  /** Copies over the sessions of both, which stay the caller's to close. */
  public static RemoteRelay between(RemoteTransfer source, RemoteTransfer target) {
    return new RemoteRelay(source, target);
  }

  /**
   * Copies one file.
   *
   * @param from the file at the source
   * @param to its new name at the target
   */
  public TransferReceipt copy(String from, String to, TransferOptions options) {
    if (options.targetPolicy() == TargetPolicy.APPEND) {
      throw new TransferException.Configuration(
          "%s cannot append whole or not at all; use another target policy".formatted(target));
    }
    Call call = new Call(options);
    return call.run(
        source.pool().endpoint().name() + " and " + target.pool().endpoint().name(),
        () ->
            source
                .pool()
                .work(
                    call,
                    here -> {
                      try (RelaySource file = RelaySource.open(here, from)) {
                        return target
                            .pool()
                            .work(call, there -> target.uploaded(there, file, to, options));
                      }
                    }));
  }
}
