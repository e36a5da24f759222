package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.remote.RelayEnd;
import io.waybill.transfer.remote.RemoteRelay;
import io.waybill.transfer.tcp.Relay;

/** Copies one file from a server to another. */
@FunctionalInterface
interface Relaying {
  TransferReceipt copy(String from, String to, TransferOptions options);

  /**
   * Finds the way: between two {@code waybill:} servers chunks are passed on as they are; from or
   * to any other the bytes are read here in order.
   */
  static Relaying between(Place.Remote from, Place.Remote to, Sessions sessions) {
    if (from.connection() instanceof Connection.Hub here
        && to.connection() instanceof Connection.Hub there) {
      Relay relay = sessions.relay(here, there);
      return (file, name, options) -> relay.copy(bare(file), bare(name), options);
    }
    return RemoteRelay.between(end(from, sessions), end(to, sessions))::copy;
  }

  private static RelayEnd end(Place.Remote place, Sessions sessions) {
    FileTransfer session = sessions.to(place).orElseThrow();
    if (session instanceof RelayEnd end) {
      return end;
    }
    throw new IllegalStateException(place.connection().name() + " is of no kind that relays");
  }

  private static String bare(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }
}
