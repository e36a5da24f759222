package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Puts a backup where an embedded store belongs. The backup is checked first, and its copy is
 * compared with it before it gets the store's name.
 */
public final class StoreRestore {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Function<Store, StoreReport> check;
  private final Consumer<DataSource> amendment;
  private final InstantSource clock;

  /**
   * Prepares.
   *
   * @param check finds what is wrong with the backup, and with its copy
   * @param amendment what has to be changed in a store that comes back from the past, before
   *     anybody goes on with it
   * @param clock names what is kept aside
   */
  public StoreRestore(
      Function<Store, StoreReport> check, Consumer<DataSource> amendment, InstantSource clock) {
    this.check = check;
    this.amendment = amendment;
    this.clock = clock;
  }

  /**
   * Restores.
   *
   * @param backup a file whose name ends in {@code .mv.db}
   * @param store where the store belongs, without {@code .mv.db}
   * @param isReplacing whether a store that is there is put aside, under a name of its own, whole
   *     or broken; else it is refused
   * @throws SchedulerException.StoreOwned if another process has the store or the backup open
   * @throws SchedulerException.StoreRefused if there is a store, or no backup
   * @throws SchedulerException.StoreDamaged if something is wrong with the backup; nothing is
   *     changed then
   * @throws SchedulerException.StoreFailed if one of the two cannot be read or written
   */
  public RestoreReport restore(Path backup, Path store, boolean isReplacing) {
    Path place = StoreSettings.h2(store).file().orElseThrow();
    NetworkFileSystems.ofThisMachine().refuse(place);
    try (StoreLock lock = StoreLock.acquire(place)) {
      refuseTaken(place, isReplacing);
      List<TableCount> tables = soundTables(backup);
      Path copy = place.resolveSibling(place.getFileName() + "-restoring");
      Path copied = StoreFiles.ofStore(copy);
      try {
        Files.deleteIfExists(copied); // of one that was killed
        Files.createFile(copied, StoreFiles.ownersOnly(copied, "rw-------"));
        Files.copy(backup, copied, StandardCopyOption.REPLACE_EXISTING);
        StoreFiles.makePrivate(copied);
        StoreFiles.force(copied);
        if (!soundTables(copied).equals(tables)) {
          throw new SchedulerException.StoreDamaged(
              "what was copied of "
                  + backup
                  + " is not what is in it; look at the disk of "
                  + place,
              null);
        }
        amend(copy);
        Optional<Path> aside = putAside(place);
        Files.move(copied, StoreFiles.ofStore(place), StandardCopyOption.ATOMIC_MOVE);
        StoreFiles.forceNames(StoreFiles.directoryOf(place));
        return new RestoreReport(
            backup.toAbsolutePath().normalize(), StoreFiles.ofStore(place), tables, aside);
      } finally {
        Files.deleteIfExists(copied);
        Files.deleteIfExists(StoreLock.fileOf(copy));
        Files.deleteIfExists(StoreFiles.traceOf(copy));
      }
    } catch (IOException e) {
      throw StoreFiles.failure("the backup " + backup + " could not be restored to " + place, e);
    }
  }

  private static void refuseTaken(Path place, boolean isReplacing) {
    if (!isReplacing && Files.exists(StoreFiles.ofStore(place))) {
      throw new SchedulerException.StoreRefused(
          "there is a store, "
              + StoreFiles.ofStore(place)
              + ", and a restored one would take its place; allow it, and this one is kept aside",
          null);
    }
  }

  private List<TableCount> soundTables(Path file) {
    try (Store opened = Store.openAsIs(StoreSettings.readOnly(file))) {
      StoreReport report = check.apply(opened);
      if (!report.isSound()) {
        throw new SchedulerException.StoreDamaged(
            file + " is not sound and was not restored: " + String.join("; ", report.problems()),
            null);
      }
      return report.tables();
    }
  }

  private void amend(Path copy) throws IOException {
    try (Store opened = Store.openAsIs(StoreSettings.h2(copy))) {
      opened
          .transactions()
          .run(
              "taking it for a store",
              connection -> {
                BackupManifest.drop(connection);
                return true;
              });
      amendment.accept(opened.dataSource());
    }
    StoreFiles.force(StoreFiles.ofStore(copy));
  }

  // the mark of a store that was moved is about the old one, and goes with it
  private Optional<Path> putAside(Path place) throws IOException {
    Path file = StoreFiles.ofStore(place);
    Path marker = new MovedStore(place).file();
    String stamp = ".before-" + STAMP.format(clock.instant());
    Path aside = file.resolveSibling(place.getFileName() + stamp + StoreFiles.SUFFIX);
    if (Files.exists(marker)) {
      Files.move(marker, marker.resolveSibling(marker.getFileName() + stamp));
    }
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Files.move(file, aside); // never over another: two in one second are a mistake
    return Optional.of(aside);
  }
}
