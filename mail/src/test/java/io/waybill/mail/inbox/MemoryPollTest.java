package io.waybill.mail.inbox;

import java.time.Clock;

class MemoryPollTest extends PollCases {
  @Override
  protected MailLedger ledger(Clock time) {
    return new MemoryLedger(time);
  }
}
