package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UninterruptedDataSourceTest {
  private static final int ROWS = 300;

  @TempDir Path folder;
  private Store store;

  @BeforeEach
  void openStore() throws SQLException {
    store = Store.open(StoreSettings.h2(folder.resolve("waybill")));
    execute("create table notes (id int primary key, text clob, data blob)");
  }

  @AfterEach
  void closeStore() {
    assertThat(Thread.interrupted()).as("still interrupted").isFalse();
    store.close();
  }

  @Test
  void writesAndReadsLargeValuesFromAThreadThatIsInterrupted() throws SQLException, IOException {
    String text = "é".repeat(100_000);
    byte[] data = text.getBytes(StandardCharsets.UTF_8);

    Thread.currentThread().interrupt();
    insert(store.dataSource(), 1, text, data);
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from notes")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString("text")).isEqualTo(text);
      assertThat(row.getClob("text").getSubString(1, 10)).isEqualTo("é".repeat(10));
      assertThat(row.getBlob("data").getBinaryStream().readAllBytes()).isEqualTo(data);
      assertThat(row.getStatement().getConnection().getAutoCommit()).isTrue();
    }

    assertThat(Thread.interrupted()).as("the caller's flag is kept").isTrue();
  }

  @Test
  void survivesInterruptsAtAnyMoment() throws SQLException, InterruptedException {
    Thread writer = Thread.currentThread();
    AtomicBoolean over = new AtomicBoolean();
    Thread interrupter =
        new Thread(
            () -> {
              while (!over.get()) {
                writer.interrupt();
                LockSupport.parkNanos(200_000);
              }
            });
    interrupter.start();
    try {
      for (int i = 0; i < ROWS; i++) {
        insert(store.dataSource(), i, "text " + i, new byte[5000]);
      }
    } finally {
      over.set(true);
      joinUninterrupted(interrupter);
    }

    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("select count(*) from notes")) {
      assertThat(count.next()).isTrue();
      assertThat(count.getInt(1)).isEqualTo(ROWS);
    }
  }

  @Test
  void throwsWhatTheDatabaseThrows() {
    assertThatThrownBy(() -> execute("insert into nowhere values (1)"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("NOWHERE");
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void insert(DataSource source, int id, String text, byte[] data)
      throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("insert into notes values (?, ?, ?)")) {
      insert.setInt(1, id);
      insert.setString(2, text);
      insert.setBytes(3, data);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
  }

  private static void joinUninterrupted(Thread thread) {
    boolean ended = false;
    while (!ended) {
      try {
        thread.join();
        ended = true;
      } catch (InterruptedException e) {
        ended = false; // its last one came first
      }
    }
    Thread.interrupted();
  }
}
