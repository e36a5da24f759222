package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies an embedded store, while it is in use, into a file that is a store of its own.
 *
 * <p>The copy is of one moment: everything that was committed when it began, and nothing later. It
 * is written into a directory beside its place, forced to the disk, opened again and compared with
 * that moment row by row, and only then gets its name. A process that is killed before leaves only
 * that directory, which a later backup to the same place deletes once it is a day old.
 */
public final class StoreBackup {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final Pattern ROTATED = Pattern.compile("waybill-\\d{8}T\\d{6}Z\\.mv\\.db");
  private static final String PART_PREFIX = ".waybill-backup-";
  private static final String PART_SUFFIX = ".wbpart";
  private static final Duration PART_AGE = Duration.ofDays(1);

  private final Store store;
  private final InstantSource clock;

  private StoreBackup(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Prepares.
   *
   * @param clock names backups, and says which leftovers are old
   * @throws IllegalArgumentException if the store is on a server, which has its own tools for it
   */
  public static StoreBackup of(Store store, InstantSource clock) {
    if (store.isPostgres()) {
      throw new IllegalArgumentException("a server's own tools back it up");
    }
    return new StoreBackup(store, clock);
  }

  /**
   * Makes the backup.
   *
   * @throws SchedulerException.StoreRefused if a file is there that may not be replaced; nothing is
   *     changed then
   * @throws SchedulerException.StoreDamaged if the copy is not equal to the store; it gets no name
   *     then
   * @throws SchedulerException.StoreFailed if the store or the place cannot be read or written
   */
  public BackupReport write(BackupTarget target) {
    Instant now = clock.instant();
    Path file =
        target instanceof BackupTarget.OneFile one
            ? one.file()
            : ((BackupTarget.Rotated) target)
                .directory()
                .resolve("waybill-" + STAMP.format(now) + StoreFiles.SUFFIX);
    boolean isReplacing = target instanceof BackupTarget.OneFile one && one.isReplacing();
    int keep = target instanceof BackupTarget.Rotated rotated ? rotated.keep() : 0;
    try {
      if (target instanceof BackupTarget.Rotated rotated) {
        createDirectories(rotated.directory());
      }
      refuseStoreItself(file);
      refuseTaken(file, isReplacing);
      List<TableCount> tables = write(file, isReplacing, now);
      return new BackupReport(file, Files.size(file), now, tables, rotate(file, keep));
    } catch (IOException e) {
      throw StoreFiles.failure("the backup " + file + " could not be written", e);
    }
  }

  private static void createDirectories(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(StoreFiles.directoryOf(directory));
      StoreFiles.createPrivate(directory);
    }
  }

  private void refuseStoreItself(Path file) throws IOException {
    Path own = store.file().map(StoreFiles::ofStore).orElse(null);
    if (own != null && Files.exists(file) && Files.isSameFile(file, own)) {
      throw new SchedulerException.StoreRefused(
          file + " is the store itself, of which this is to be a copy; give another name", null);
    }
  }

  private static void refuseTaken(Path file, boolean isReplacing) {
    if (Files.isDirectory(file) || (Files.exists(file) && !isReplacing)) {
      throw taken(file, null);
    }
  }

  private static SchedulerException.StoreRefused taken(Path file, @Nullable IOException cause) {
    return new SchedulerException.StoreRefused(
        file
            + " is there already, and a backup replaces no file by itself; give another name, or"
            + " allow it",
        cause);
  }

  private List<TableCount> write(Path file, boolean isReplacing, Instant now) throws IOException {
    Path directory = StoreFiles.directoryOf(file);
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(
          directory.toString(), null, "there is no directory " + directory);
    }
    deleteLeftOver(directory, now);
    Path part =
        StoreFiles.createPrivate(
            directory.resolve(
                PART_PREFIX
                    + ProcessHandle.current().pid()
                    + "-"
                    + now.toEpochMilli()
                    + PART_SUFFIX));
    try {
      Path copy = part.resolve("copy");
      List<TableCount> written =
          StoreSnapshot.read(store, "backing it up", connection -> copy(connection, copy));
      Path copied = StoreFiles.ofStore(copy);
      StoreFiles.makePrivate(copied);
      StoreFiles.force(copied);
      requireEqual(written, copy);
      publish(copied, file, isReplacing);
      StoreFiles.forceNames(directory);
      return written;
    } finally {
      StoreFiles.deleteTree(part);
    }
  }

  private static void deleteLeftOver(Path directory, Instant now) throws IOException {
    List<Path> leftOver;
    try (Stream<Path> all = Files.list(directory)) {
      leftOver =
          all.filter(each -> each.getFileName().toString().startsWith(PART_PREFIX))
              .filter(each -> each.getFileName().toString().endsWith(PART_SUFFIX))
              .toList();
    }
    for (Path each : leftOver) {
      // one that is being written, by another machine perhaps, is younger
      if (Files.getLastModifiedTime(each).toInstant().isBefore(now.minus(PART_AGE))) {
        StoreFiles.deleteTree(each);
      }
    }
  }

  /** Writes what a snapshot holds into a new database. */
  private static List<TableCount> copy(Connection from, Path copy) throws SQLException {
    // FILE_LOCK=NO: nobody else can open a file in a directory that has just been made, and some
    // network drives have no locks
    // WRITE_DELAY=0, and a small cache: what was committed does not pile up in memory
    String url =
        "jdbc:h2:"
            + copy
            + ";FILE_LOCK=NO;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;WRITE_DELAY=0;CACHE_SIZE=4096";
    try (Connection to = StoreSettings.connectH2(url)) {
      define(from, to);
      to.setAutoCommit(false);
      List<TableCount> counts = new ArrayList<>();
      Map<String, StoredTable> targets = new HashMap<>();
      Catalogue.read(to).tables().forEach(table -> targets.put(table.name(), table));
      for (StoredTable table : Catalogue.read(from).withoutManifest()) {
        counts.add(
            TableRows.copy(
                from, table, to, Objects.requireNonNull(targets.get(table.name())), to::commit));
      }
      BackupManifest.write(to, counts);
      to.commit();
      try (Statement statement = to.createStatement()) {
        // a full disk is told here; a close would keep it to itself
        statement.execute("checkpoint sync");
      }
      return counts;
    }
  }

  // tables, keys, indexes and the next numbers of identity columns, whichever module's they are
  private static void define(Connection from, Connection to) throws SQLException {
    try (Statement reading = from.createStatement();
        ResultSet lines = reading.executeQuery("script nodata nosettings");
        Statement writing = to.createStatement()) {
      while (lines.next()) {
        String line = lines.getString(1);
        if (!line.startsWith("--")) {
          writing.execute(line);
        }
      }
    }
  }

  private static void requireEqual(List<TableCount> written, Path copy) {
    List<TableCount> found;
    try (Store opened = Store.openAsIs(StoreSettings.readOnly(StoreFiles.ofStore(copy)))) {
      found = StoreSnapshot.read(opened, "reading the backup again", StoreBackup::counts);
    }
    if (!found.equals(written)) {
      List<TableCount> differing = new ArrayList<>(written);
      differing.removeAll(found);
      throw new SchedulerException.StoreDamaged(
          "the backup was written and does not hold what the store does, in "
              + differing.stream().map(TableCount::table).toList()
              + "; it was deleted: look at the disk it was written to, and try another",
          null);
    }
  }

  private static List<TableCount> counts(Connection connection) throws SQLException {
    List<TableCount> counts = new ArrayList<>();
    for (StoredTable table : Catalogue.read(connection).withoutManifest()) {
      counts.add(TableRows.read(connection, table));
    }
    return counts;
  }

  private static void publish(Path copied, Path file, boolean isReplacing) throws IOException {
    if (isReplacing) {
      Files.move(copied, file, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    try {
      // a rename would replace a file that has come meanwhile
      Files.createLink(file, copied);
    } catch (FileAlreadyExistsException e) {
      throw taken(file, e);
    } catch (IOException | UnsupportedOperationException e) {
      // a file system without links
      refuseTaken(file, false);
      Files.move(copied, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static List<Path> rotate(Path newest, int keep) throws IOException {
    if (keep == 0) {
      return List.of();
    }
    List<Path> backups;
    try (Stream<Path> all = Files.list(StoreFiles.directoryOf(newest))) {
      backups =
          all.filter(each -> ROTATED.matcher(each.getFileName().toString()).matches())
              .filter(each -> !each.equals(newest)) // it stays, were the clock set back
              .sorted(Comparator.comparing(each -> each.getFileName().toString()))
              .toList();
    }
    List<Path> tooMany = backups.subList(0, Math.max(0, backups.size() - (keep - 1)));
    for (Path each : tooMany) {
      Files.delete(each);
    }
    return tooMany;
  }
}
