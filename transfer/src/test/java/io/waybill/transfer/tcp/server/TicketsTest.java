package io.waybill.transfer.tcp.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TicketsTest {
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private final Tickets tickets = new Tickets(() -> now, new SecureRandom(), 3);

  @Test
  void isUsedUpByItsFirstUse() {
    String ticket = tickets.issue();
    assertThat(ticket).matches("[A-Za-z0-9_-]{43}");
    assertThat(tickets.redeem(ticket)).isTrue();
    assertThat(tickets.redeem(ticket)).isFalse();
  }

  @Test
  void isGoodForSixtySeconds() {
    String early = tickets.issue();
    String late = tickets.issue();
    now = now.plusMillis(59_999);
    assertThat(tickets.redeem(early)).isTrue();
    now = now.plusMillis(1);
    assertThat(tickets.redeem(late)).isFalse();
  }

  @Test
  void isForNobodyWhoMerelyGuesses() {
    String ticket = tickets.issue();
    assertThat(tickets.redeem("")).isFalse();
    assertThat(tickets.redeem(ticket.substring(1))).isFalse();
    assertThat(tickets.redeem(ticket + "A")).isFalse();
    assertThat(tickets.redeem(ticket)).isTrue();
  }

  @Test
  void givesWayWhenTooManyAreOut() {
    String first = tickets.issue();
    String second = tickets.issue();
    tickets.issue();
    tickets.issue();
    assertThat(tickets.redeem(first)).isFalse();
    assertThat(tickets.redeem(second)).isTrue();
  }
}
