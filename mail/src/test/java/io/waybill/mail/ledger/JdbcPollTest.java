package io.waybill.mail.ledger;

import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.PollCases;
import java.time.Clock;

class JdbcPollTest extends PollCases {
  @Override
  protected MailLedger ledger(Clock time) {
    return new LedgerDatabase().of("node/1", time);
  }
}
