package io.waybill.mail.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.waybill.mail.MailException;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.Checkpoint;
import io.waybill.mail.inbox.LedgerEntry;
import io.waybill.mail.inbox.LedgerEntry.State;
import io.waybill.mail.inbox.MailLedger.Hold;
import io.waybill.mail.inbox.MailboxKey;
import io.waybill.testkit.SettableClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdbcLedgerTest {
  private static final MailboxKey KEY = new MailboxKey("ops@mail:993", "INBOX");
  private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");

  private final SettableClock clock = SettableClock.at(NOW);
  private final JdbcDataSource database = new JdbcDataSource();
  private JdbcLedger ledger;

  @BeforeEach
  void open() {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    ledger = ledger("a/1");
  }

  private JdbcLedger ledger(String owner) {
    return JdbcLedger.open(database, owner, Duration.ofMinutes(2), clock);
  }

  private static LedgerEntry entry(long uid, State state, AfterAction after) {
    return new LedgerEntry(
        uid, state, 1, "id" + uid, after, Optional.empty(), Optional.of("why " + uid));
  }

  @Test
  void whatIsWrittenIsReadByTheNextProcess() {
    LedgerEntry moving = entry(3, State.DONE, AfterAction.moveTo("Fertig & gut"));
    try (Hold hold = ledger.hold(KEY).orElseThrow()) {
      hold.start(new Checkpoint(7, 2, NOW));
      hold.begin(List.of(entry(3, State.BEGUN, AfterAction.NONE)));
      hold.conclude(moving);
      hold.advance(4);
    }
    JdbcLedger later = ledger("a/2");
    assertThat(later.checkpoint(KEY)).contains(new Checkpoint(7, 4, NOW));
    assertThat(later.entries(KEY, State.DONE, 10)).containsExactly(moving);
    try (Hold hold = later.hold(KEY).orElseThrow()) {
      assertThat(hold.unfinished(10)).containsExactly(moving);
      hold.finish(List.of(3L));
      assertThat(hold.unfinished(10)).isEmpty();
      assertThat(hold.recognise(List.of("id3", "id9")))
          .extracting(LedgerEntry::uid)
          .containsExactly(3L);
    }
  }

  @Test
  void anotherNodeWaitsUntilTheHoldIsLetGo() {
    Hold hold = ledger.hold(KEY).orElseThrow();
    assertThat(ledger("b/1").hold(KEY)).isEmpty();
    assertThat(ledger.hold(KEY)).as("not twice in one process either").isEmpty();
    hold.close();
    ledger("b/1").hold(KEY).orElseThrow().close();
  }

  @Test
  void aLaterSelfTakesOverAndTheEarlierOneWritesNothing() {
    try (Hold frozen = ledger.hold(KEY).orElseThrow()) {
      frozen.start(new Checkpoint(7, 2, NOW));
      try (Hold mine = ledger("a/2").hold(KEY).orElseThrow()) {
        assertThatExceptionOfType(MailException.LeaseLost.class)
            .isThrownBy(() -> frozen.advance(9));
        assertThatExceptionOfType(MailException.LeaseLost.class)
            .isThrownBy(() -> frozen.conclude(entry(3, State.DONE, AfterAction.NONE)));
        assertThat(mine.checkpoint().orElseThrow().uid()).isEqualTo(2);
      }
    }
    assertThat(ledger("a/3").hold(KEY)).as("the frozen one's close frees nothing").isPresent();
  }

  @Test
  void aSilentOwnersHoldEndsWithItsLease() throws SQLException {
    Hold silent = ledger.hold(KEY).orElseThrow();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "UPDATE wb_mail_mailbox SET lease_until = CURRENT_TIMESTAMP - INTERVAL '1' SECOND");
    }
    try (Hold mine = ledger("b/1").hold(KEY).orElseThrow()) {
      assertThatExceptionOfType(MailException.LeaseLost.class)
          .isThrownBy(() -> silent.start(new Checkpoint(7, 2, NOW)));
      mine.start(new Checkpoint(7, 5, NOW));
    }
    silent.close();
    assertThat(ledger.checkpoint(KEY).orElseThrow().uid()).isEqualTo(5);
  }

  @Test
  void foldersAreApart() {
    MailboxKey other = new MailboxKey("ops@mail:993", "Work");
    try (Hold hold = ledger.hold(KEY).orElseThrow();
        Hold second = ledger.hold(other).orElseThrow()) {
      hold.start(new Checkpoint(7, 2, NOW));
      assertThat(second.checkpoint()).isEmpty();
      second.start(new Checkpoint(8, 1, NOW));
      second.begin(List.of(entry(3, State.BEGUN, AfterAction.NONE)));
      assertThat(hold.find(List.of(3L))).isEmpty();
    }
  }

  @Test
  void aLeaseIsOfSomeLength() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JdbcLedger.open(database, "a/1", Duration.ofSeconds(1), clock));
  }
}
