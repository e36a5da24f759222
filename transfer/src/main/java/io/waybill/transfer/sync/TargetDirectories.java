package io.waybill.transfer.sync;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Which directories the target has or will have, so that each is made once, parents first. */
final class TargetDirectories {
  private final Set<String> there = new HashSet<>();
  private final Consumer<SyncAction> make;

  TargetDirectories(Consumer<SyncAction> make) {
    this.make = make;
  }

  void found(String directory) {
    there.add(directory);
  }

  void require(String directory) {
    if (!directory.isEmpty() && !there.contains(directory)) {
      require(PathOrder.parent(directory));
      there.add(directory);
      make.accept(new SyncAction.MakeDirectory(directory));
    }
  }
}
