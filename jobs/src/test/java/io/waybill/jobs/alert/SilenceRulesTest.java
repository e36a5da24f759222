package io.waybill.jobs.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Due;
import io.waybill.jobs.alert.SilenceRules.Missed;
import io.waybill.jobs.alert.SilenceRules.Step;
import io.waybill.scheduler.Schedule;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What is told of jobs that must succeed in time, and of sources from which something must come.
 */
class SilenceRulesTest {
  private static final CountedTime ALWAYS = new CountedTime(ZoneOffset.UTC, Optional.empty());
  private static final Duration DAY = Duration.ofHours(24);
  private static final DailyDeadlines BY_SIX =
      new DailyDeadlines(
          JobFixture.job("j", ZoneOffset.UTC)
              .schedules(List.of(new Schedule.Daily(LocalTime.of(2, 30))))
              .build(),
          new Due.Daily(LocalTime.of(6, 0), Optional.empty()));

  private static Instant at(String text) {
    return Instant.parse("2026-01-" + text + ":00Z");
  }

  private static Silence since(String from) {
    return new Silence("rule", at(from), false, Optional.empty());
  }

  private static Step daily(Silence state, String now, Optional<Instant> success)
      throws SQLException {
    return SilenceRules.daily(
        state, BY_SIX, at(now), begun -> success.filter(end -> !end.isBefore(begun)));
  }

  @Test
  void nothingIsToldBeforeTheDeadlineNorOfOneBeforeTheJobWasSeen() throws SQLException {
    assertThat(daily(since("10T06:00"), "11T05:59", Optional.empty()).missed()).isEmpty();
    assertThat(daily(since("10T06:01"), "10T12:00", Optional.empty()).missed()).isEmpty();
    assertThat(daily(since("10T06:00"), "11T05:59", Optional.empty()).nextLook())
        .contains(at("11T06:00"));
  }

  @Test
  void aMissedDeadlineIsToldOnce() throws SQLException {
    Step first = daily(since("10T12:00"), "11T06:00", Optional.empty());

    assertThat(first.missed()).contains(new Missed(at("11T06:00"), Optional.empty()));
    assertThat(first.state().isOpen()).isTrue();
    assertThat(daily(first.state(), "11T06:15", Optional.empty()).missed()).isEmpty();
    assertThat(daily(first.state(), "12T06:00", Optional.empty()).missed()).isPresent();
  }

  @Test
  void ofDeadlinesThatPassedWhileNobodyLookedTheLatestIsTold() throws SQLException {
    Step step = daily(since("01T12:00"), "20T08:00", Optional.empty());

    assertThat(step.missed()).contains(new Missed(at("20T06:00"), Optional.empty()));
    assertThat(daily(step.state(), "20T08:15", Optional.empty()).missed()).isEmpty();
  }

  @Test
  void aRunThatBeganSinceTheLastFiringAndSucceededInTimeMeetsIt() throws SQLException {
    Step met = daily(since("10T12:00"), "11T07:00", Optional.of(at("11T06:00")));

    assertThat(met.missed()).isEmpty();
    assertThat(met.state().isOpen()).isFalse();
    assertThat(met.state().from()).isEqualTo(at("11T06:00"));
    assertThat(daily(since("10T12:00"), "11T07:00", Optional.of(at("11T02:29"))).missed())
        .as("one of the day before")
        .isPresent();
  }

  @Test
  void aRunThatSucceededTooLateIsToldAndThatIsAll() throws SQLException {
    Step late = daily(since("10T12:00"), "11T07:00", Optional.of(at("11T06:01")));

    assertThat(late.missed()).contains(new Missed(at("11T06:00"), Optional.of(at("11T06:01"))));
    assertThat(late.state().isOpen()).isFalse();
  }

  private static Step within(Silence state, Optional<Instant> last, String now) {
    return SilenceRules.within(state, ALWAYS, DAY, last, at(now));
  }

  @Test
  void timeCountsFromTheLastTimeOrFromTheBeginning() {
    assertThat(within(since("10T12:00"), Optional.empty(), "11T11:59").missed()).isEmpty();
    assertThat(within(since("10T12:00"), Optional.empty(), "11T12:00").missed()).isPresent();
    assertThat(within(since("10T12:00"), Optional.of(at("10T20:00")), "11T12:00").missed())
        .isEmpty();
    assertThat(within(since("10T12:00"), Optional.of(at("10T20:00")), "11T20:00").missed())
        .contains(new Missed(at("11T20:00"), Optional.empty()));
    assertThat(within(since("10T12:00"), Optional.of(at("01T00:00")), "11T12:00").missed())
        .contains(new Missed(at("11T12:00"), Optional.empty()));
  }

  @Test
  void silenceIsToldOnceAndItsEndToo() {
    Step told = within(since("10T12:00"), Optional.empty(), "11T12:00");
    assertThat(within(told.state(), Optional.empty(), "15T12:00").missed()).isEmpty();

    Step over = within(told.state(), Optional.of(at("15T13:00")), "15T13:01");
    assertThat(over.isOver()).isTrue();
    assertThat(over.state().isOpen()).isFalse();
    assertThat(over.nextLook()).contains(at("16T13:00"));
    assertThat(within(over.state(), Optional.of(at("15T13:00")), "15T13:02").isOver()).isFalse();
    assertThat(within(over.state(), Optional.of(at("15T13:00")), "16T13:00").missed()).isPresent();
  }

  @Test
  void timeStandsStillWhileAJobIsHaltedAndCountsFromWhenItGoesOn() {
    Silence halted = Silence.of(Optional.of(since("10T12:00")), "rule", true, at("10T13:00"));
    assertThat(halted.isHalted()).isTrue();
    assertThat(Silence.of(Optional.of(halted), "rule", true, at("12T00:00"))).isEqualTo(halted);

    Silence goesOn = Silence.of(Optional.of(halted), "rule", false, at("20T00:00"));
    assertThat(goesOn).isEqualTo(since("20T00:00"));
  }

  @Test
  void anotherRuleCountsFromWhenItWasRead() {
    Silence told = since("10T12:00").told(at("10T12:00"));

    assertThat(Silence.of(Optional.of(told), "other", false, at("12T00:00")))
        .isEqualTo(new Silence("other", at("12T00:00"), false, Optional.empty()));
    assertThat(Silence.of(Optional.empty(), "rule", false, at("12T00:00")))
        .isEqualTo(since("12T00:00"));
  }
}
