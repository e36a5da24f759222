package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that must not be used as they are, and what a person is told about each. */
class StoreRefusalsIT {
  @TempDir Path folder;

  private Path place() {
    return folder.resolve("waybill");
  }

  private Path file() {
    return StoreFiles.ofStore(place());
  }

  private Store open() {
    return Store.open(StoreSettings.h2(place()));
  }

  @Test
  void aFileThatIsNoDatabaseIsDamage() throws IOException {
    byte[] noise = new byte[40_000];
    new Random(1).nextBytes(noise);
    Files.write(file(), noise);

    assertThatThrownBy(this::open)
        .isInstanceOf(SchedulerException.StoreDamaged.class)
        .hasMessageContaining(place().toString())
        .hasMessageContaining("restore a backup");
    assertThat(file()).hasBinaryContent(noise);
  }

  @Test
  void anEmptyFileIsNotTakenForANewStore() throws IOException {
    Files.createFile(file());

    assertThatThrownBy(this::open)
        .isInstanceOf(SchedulerException.StoreDamaged.class)
        .hasMessageContaining("is too short to be one");
    assertThat(file()).isEmptyFile();
  }

  @Test
  void aFewBytesAreNoStore() throws IOException {
    Files.writeString(file(), "not much");

    assertThatThrownBy(this::open)
        .isInstanceOf(SchedulerException.StoreDamaged.class)
        .hasMessageContaining("is too short to be one");
    assertThat(file()).hasContent("not much");
  }

  @Test
  void aStoreThatLostItsEndIsDamageOrHasEverything() throws IOException {
    try (Store store = open()) {
      RunStore runs = RunStore.of(store, "node", InstantSource.system(), new Random(1));
      for (int i = 0; i < 300; i++) {
        runs.enqueue("job", TriggerKind.MANUAL, Instant.EPOCH, "", "x".repeat(1000));
      }
    }
    long whole = Files.size(file());
    int damaged = 0;
    for (int tenths : List.of(9, 5, 2, 1)) {
      Path cut = folder.resolve("cut-" + tenths);
      Files.copy(file(), StoreFiles.ofStore(cut));
      try (FileChannel channel =
          FileChannel.open(StoreFiles.ofStore(cut), StandardOpenOption.WRITE)) {
        channel.truncate(whole * tenths / 10);
      }
      // what lay behind the end may have been free space: then nothing is lost
      try (Store store = Store.openAsIs(StoreSettings.h2(cut))) {
        assertThat(StoreCheck.check(store, List.of(), List.of()).tables())
            .as("cut to %d tenths", tenths)
            .anySatisfy(table -> assertThat(table.table() + table.rows()).isEqualTo("wb_run300"));
      } catch (SchedulerException.StoreDamaged e) {
        damaged++;
        assertThat(e).hasMessageContaining(StoreFiles.ofStore(cut).toString());
      }
    }
    assertThat(damaged).isPositive();
  }

  @Test
  void aDatabaseOfAnotherProgramIsNotWaybills() throws SQLException {
    try (Connection other =
        DriverManager.getConnection("jdbc:h2:" + place(), "sa", "something else")) {
      assertThat(other.isValid(1)).isTrue();
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(SchedulerException.StoreDamaged.class)
        .hasMessageContaining("not one of waybill's");
  }

  @Test
  void tablesOfANewerVersionAreRefusedByBothNumbers() throws SQLException {
    SchemaVersion current;
    try (Store store = open()) {
      current = SchedulerSchema.version(store.dataSource());
      try (Connection connection = store.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "insert into \"wb_scheduler_schema_history\" select 99, '987', 'to come', 'SQL',"
                + " 'V987__to_come.sql', 1, 'x', current_timestamp, 1, true");
      }
    }
    assertThat(current.isCurrent()).isTrue();
    assertThatThrownBy(this::open)
        .isInstanceOf(SchedulerException.StoreRefused.class)
        .hasMessageContainingAll(
            "of version 987", "up to version " + current.known(), "a newer waybill");
    // to look after it is no use of it
    try (Store store = Store.openAsIs(StoreSettings.h2(place()))) {
      assertThat(SchedulerSchema.version(store.dataSource()).isNewer()).isTrue();
    }
  }

  @Test
  void aSecondOwnerIsToldWhoTheFirstIs() {
    try (Store first = open()) {
      assertThat(first.isExclusive()).isTrue();
      assertThatThrownBy(this::open)
          .isInstanceOf(SchedulerException.StoreOwned.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void aStoreThatWasMovedSaysWhereToAndHowToGoBack() throws IOException {
    open().close();
    MovedStore marker = new MovedStore(place());
    marker.markMoved("jdbc:postgresql://db.example/waybill", Instant.EPOCH);

    assertThatThrownBy(this::open)
        .isInstanceOf(SchedulerException.StoreRefused.class)
        .hasMessageContainingAll(
            "was moved to jdbc:postgresql://db.example/waybill at 1970-01-01T00:00:00Z",
            "delete " + marker.file());

    Files.delete(marker.file());
    open().close();
  }

  @Test
  void toLookAfterAStoreThatIsNotThereMakesNone() {
    assertThatThrownBy(() -> Store.openAsIs(StoreSettings.h2(place())))
        .isInstanceOf(SchedulerException.StoreRefused.class)
        .hasMessageContaining("there is no store " + file());
    assertThat(folder).isEmptyDirectory();
  }
}
