package io.waybill.mail.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.MailException;
import io.waybill.mail.jdbc.Transactions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private final JdbcDataSource database = new JdbcDataSource();
  private GroupCommit commits;

  @BeforeEach
  void createTable() throws SQLException {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)");
    }
    commits = new GroupCommit(database);
  }

  private static Transactions.Work<Connection> insert(int n) {
    return connection -> {
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO t VALUES (" + n + ")");
      }
      return connection;
    };
  }

  private int count() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM t")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Test
  void whatNobodyWaitsForIsWrittenWithTheNextInOneTransaction() throws SQLException {
    AtomicReference<Connection> first = new AtomicReference<>();
    commits.submit(
        "write 1",
        connection -> {
          first.set(connection);
          return insert(1).in(connection);
        });
    assertThat(count()).isZero();
    Connection second = commits.write("write 2", insert(2));
    assertThat(count()).isEqualTo(2);
    assertThat(first.get()).isSameAs(second);
  }

  @Test
  void flushWritesWhatIsLeft() throws SQLException {
    commits.submit("write 1", insert(1));
    commits.submit("write 2", insert(2));
    commits.flush();
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void aChangeThatTheDatabaseRefusesHarmsNoOther() throws SQLException {
    GroupCommit.Pending<Connection> one = commits.submit("write 1", insert(1));
    GroupCommit.Pending<Connection> again = commits.submit("write 1 again", insert(1));
    GroupCommit.Pending<Connection> two = commits.submit("write 2", insert(2));
    assertThat(two.await()).isNotNull();
    assertThat(one.await()).isNotNull();
    assertThatExceptionOfType(MailException.StoreFailed.class)
        .isThrownBy(again::await)
        .withMessageContaining("could not write 1 again");
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void aChangeThatRefusesItselfHarmsNoOther() throws SQLException {
    commits.submit("write 1", insert(1));
    GroupCommit.Pending<Integer> conflict =
        commits.submit(
            "write nothing",
            connection -> {
              throw new MailException.OutboxConflict("X", "was taken over", true);
            });
    commits.write("write 2", insert(2));
    assertThatExceptionOfType(MailException.OutboxConflict.class).isThrownBy(conflict::await);
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void nobodyIsToldThatItIsWrittenWhenTheMemoryIsOut() throws SQLException {
    GroupCommit.Pending<Connection> other = commits.submit("write 1", insert(1));
    GroupCommit.Pending<Connection> broken =
        commits.submit(
            "write 2",
            connection -> {
              insert(2).in(connection);
              throw new OutOfMemoryError("of a test");
            });
    assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(broken::await);
    assertThatExceptionOfType(MailException.StoreFailed.class).isThrownBy(other::await);
    assertThat(count()).isZero();
    commits.write("write 3", insert(3));
    assertThat(count()).isEqualTo(1);
  }

  @Test
  void anInterruptedWriterWritesAndStaysInterrupted() throws SQLException {
    Thread.currentThread().interrupt();
    commits.write("write 1", insert(1));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(count()).isEqualTo(1);
  }
}
