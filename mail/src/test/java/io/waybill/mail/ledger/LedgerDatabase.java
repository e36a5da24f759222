package io.waybill.mail.ledger;

import io.waybill.mail.inbox.MailLedger;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;

/** An empty database in memory, which several owners may share. */
public final class LedgerDatabase {
  private final JdbcDataSource source = new JdbcDataSource();

  /** Makes one. */
  public LedgerDatabase() {
    source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
  }

  /** Returns the ledger as one of them sees it. */
  public MailLedger of(String owner) {
    return of(owner, Clock.systemUTC());
  }

  /** Returns the ledger as one of them sees it, at another time. */
  public MailLedger of(String owner, Clock clock) {
    return JdbcLedger.open(source, owner, Duration.ofMinutes(2), clock);
  }
}
