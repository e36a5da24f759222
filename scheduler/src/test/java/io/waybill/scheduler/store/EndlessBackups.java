package io.waybill.scheduler.store;

import io.waybill.scheduler.TriggerKind;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;

/**
 * A process that backs a store up, again and again, until it is killed. Arguments: the store, and
 * the directory of the backups.
 */
final class EndlessBackups {
  static final long RUNS = 500;

  private EndlessBackups() {}

  public static void main(String[] args) {
    try (Store store = Store.open(StoreSettings.h2(Path.of(args[0])))) {
      RunStore runs = RunStore.of(store, "node", InstantSource.system(), new Random());
      for (long i = runs.list(Optional.empty(), 1000).size(); i < RUNS; i++) {
        runs.enqueue("job", TriggerKind.MANUAL, Instant.EPOCH, "", "x".repeat(3000));
      }
      StoreBackup backup = StoreBackup.of(store, InstantSource.system());
      for (int i = 1; ; i++) {
        System.out.println("BEGINS " + i);
        backup.write(
            new BackupTarget.OneFile(
                Path.of(args[1]).resolve("copy-" + System.nanoTime() + ".mv.db"), false));
      }
    }
  }
}
