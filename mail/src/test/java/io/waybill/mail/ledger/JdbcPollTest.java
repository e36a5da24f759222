package io.waybill.mail.ledger;

import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.PollCases;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;

class JdbcPollTest extends PollCases {
  @Override
  protected MailLedger ledger(Clock time) {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    return JdbcLedger.open(database, "node/1", Duration.ofMinutes(2), time);
  }
}
