package io.waybill.transfer.examples;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.sync.LocalSide;
import io.waybill.transfer.sync.RemoteSide;
import io.waybill.transfer.sync.Sync;
import io.waybill.transfer.sync.SyncOptions;
import io.waybill.transfer.sync.SyncPlan;
import io.waybill.transfer.sync.SyncReceipt;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/** Makes a remote tree like one of this machine: told first, then done. */
final class MirrorOneTree {
  private MirrorOneTree() {}

  // begin example: mirror one tree
  static SyncReceipt mirror(
      Path directory, FileTransfer remote, String target, Consumer<String> out) {
    SyncOptions options = SyncOptions.builder().delete(true).exclude(List.of("*.tmp")).build();
    Sync sync =
        new Sync(
            LocalSide.of(directory),
            RemoteSide.of(remote, target),
            options,
            InstantSource.system());
    SyncPlan plan = sync.plan();
    plan.lines().forEach(out);
    return sync.carryOut(plan, (from, to, each) -> remote.upload(Path.of(from), to, each));
  }
  // end example
}
