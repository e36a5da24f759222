package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.remote.RemoteRelay;
import io.waybill.transfer.remote.RemoteTransfer;
import io.waybill.transfer.tcp.Relay;

/** Copies one file from a server to another. */
@FunctionalInterface
interface Relaying {
  TransferReceipt copy(String from, String to, TransferOptions options);

  /**
   * Finds the way.
   *
   * @throws JobException.Configuration if there is none
   */
  static Relaying between(Place.Remote from, Place.Remote to, Sessions sessions) {
    if (from.connection() instanceof Connection.Hub here
        && to.connection() instanceof Connection.Hub there) {
      Relay relay = sessions.relay(here, there);
      return (file, name, options) -> relay.copy(bare(file), bare(name), options);
    }
    if (sessions.to(from).orElseThrow() instanceof RemoteTransfer here
        && sessions.to(to).orElseThrow() instanceof RemoteTransfer there) {
      return RemoteRelay.between(here, there)::copy;
    }
    throw new JobException.Configuration(
        "this version does not copy between a waybill server and another kind of server directly, as from "
            + from.connection().name()
            + " to "
            + to.connection().name()
            + ": copy to a local directory first, and from there in a second step");
  }

  private static String bare(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }
}
