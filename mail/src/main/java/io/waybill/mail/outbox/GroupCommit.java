package io.waybill.mail.outbox;

import io.waybill.mail.MailException;
import io.waybill.mail.jdbc.Transactions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes what several threads want written in one transaction, and brings it to the disk once.
 *
 * <p>There is no thread of its own: whoever waits first writes for all who have asked by then. A
 * change that nobody waits for is written with the next one that somebody does. Changes are carried
 * out in the order in which they were submitted.
 */
final class GroupCommit {
  private static final int LARGEST_GROUP = 256;

  private final DataSource dataSource;
  private final Queue<Pending<?>> queue = new ConcurrentLinkedQueue<>();
  private final ReentrantLock writing = new ReentrantLock();
  private @Nullable Boolean isH2; // guarded by the lock; the database is asked once

  GroupCommit(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Hands in a change.
   *
   * @param what in an error: "could not ..."
   * @param change must write nothing if it throws a {@link MailException}
   */
  <T> Pending<T> submit(String what, Transactions.Work<T> change) {
    Pending<T> pending = new Pending<>(what, change, true);
    queue.add(pending);
    return pending;
  }

  /**
   * Carries out a change and waits until it is committed. Only a kill of the process is survived
   * for sure; that is enough where losing the change does no harm.
   */
  <T> T commit(String what, Transactions.Work<T> change) {
    Pending<T> pending = new Pending<>(what, change, false);
    queue.add(pending);
    return pending.await();
  }

  /** Hands in a change and waits until it is on the disk. */
  <T> T write(String what, Transactions.Work<T> change) {
    return submit(what, change).await();
  }

  /** Writes all that was submitted. */
  void flush() {
    while (!queue.isEmpty()) {
      writing.lock();
      try {
        writeGroup();
      } finally {
        writing.unlock();
      }
    }
  }

  /** A change that was handed in. */
  final class Pending<T> {
    private final String what;
    private final Transactions.Work<T> change;
    private final boolean isForDisk;
    private @Nullable T result;
    private @Nullable MailException failure;
    private boolean isSettled; // what it yielded, or why it failed, is true from now on
    private volatile boolean isDone;

    Pending(String what, Transactions.Work<T> change, boolean isForDisk) {
      this.what = what;
      this.change = change;
      this.isForDisk = isForDisk;
    }

    /**
     * Waits until the change is written, and returns what it yielded.
     *
     * @throws MailException what it threw, or {@link MailException.StoreFailed}
     */
    @SuppressWarnings("NullAway") // a change that is done without a failure has its result
    T await() {
      while (!isDone) {
        writing.lock();
        try {
          if (!isDone) {
            writeGroup();
          }
        } finally {
          writing.unlock();
        }
      }
      if (failure != null) {
        throw failure;
      }
      return result;
    }

    private void apply(Connection connection) throws SQLException, IOException {
      failure = null;
      try {
        result = change.in(connection);
      } catch (MailException e) {
        failure = e;
      }
    }

    private void fail(Throwable e) {
      failure =
          e instanceof IOException io
              ? new MailException.ContentUnavailable("frozen message, to " + what, io)
              : new MailException.StoreFailed(what, e);
    }
  }

  private void writeGroup() {
    List<Pending<?>> group = new ArrayList<>();
    for (Pending<?> next = queue.poll(); next != null; next = queue.poll()) {
      group.add(next);
      if (group.size() == LARGEST_GROUP) {
        break;
      }
    }
    if (group.isEmpty()) {
      return;
    }
    // Whoever writes does so for others too, who are not to suffer from his being interrupted.
    boolean isInterrupted = Thread.interrupted();
    try {
      write(group);
    } catch (Throwable e) {
      group.stream().filter(each -> !each.isSettled).forEach(each -> each.fail(e));
      throw e;
    } finally {
      group.forEach(each -> each.isDone = true);
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void write(List<Pending<?>> group) {
    boolean isConnected = false;
    try (Connection connection = dataSource.getConnection()) {
      isConnected = true;
      writeOn(connection, group);
    } catch (SQLException | IOException | RuntimeException e) {
      if (isConnected && group.size() > 1) {
        group.forEach(this::writeAlone); // one of them is at fault; the others are not to suffer
      } else {
        group.stream().filter(each -> !each.isSettled).forEach(each -> each.fail(e));
      }
    }
  }

  private void writeAlone(Pending<?> pending) {
    if (!pending.isSettled) {
      write(List.of(pending));
    }
  }

  private void writeOn(Connection connection, List<Pending<?>> group)
      throws SQLException, IOException {
    Transactions.in(
        connection,
        same -> {
          for (Pending<?> each : group) {
            each.apply(same);
          }
          return true;
        });
    if (group.stream().anyMatch(each -> each.isForDisk)) {
      bringToDisk(connection, group);
    }
    group.forEach(each -> each.isSettled = true);
  }

  /**
   * PostgreSQL does so on commit; H2 hands its pages to the operating system only. What fails here
   * is committed all the same, so it must not be carried out again.
   */
  private void bringToDisk(Connection connection, List<Pending<?>> group) {
    try {
      bringToDisk(connection);
    } catch (SQLException | RuntimeException e) {
      group.stream()
          .filter(each -> each.isForDisk && each.failure == null)
          .forEach(each -> each.fail(e));
    }
  }

  private void bringToDisk(Connection connection) throws SQLException {
    Boolean known = isH2;
    if (known == null) {
      known = connection.getMetaData().getDatabaseProductName().equals("H2");
      isH2 = known;
    }
    if (known) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("CHECKPOINT SYNC");
      }
    }
  }
}
