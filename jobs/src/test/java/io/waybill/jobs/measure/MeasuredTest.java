package io.waybill.jobs.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeasuredTest {
  private static final RunMeasure MEASURE = new RunMeasure(1_200, 300_000, 2, OptionalLong.of(40));
  private static final Measured UNLIKE = new Measured(MEASURE, List.of("one", "two"));
  private static final Measured LIKE =
      new Measured(new RunMeasure(1, 0, 0, OptionalLong.empty()), List.of());

  @Test
  void whatIsWrittenIntoAPayloadIsReadFromIt() {
    assertThat(Measured.in(UNLIKE.into(""))).contains(UNLIKE);
    assertThat(Measured.in(LIKE.into("{\"params\":{\"a\":\"b\"}}"))).contains(LIKE);
    assertThat(LIKE.into("{\"params\":{\"a\":\"b\"}}")).contains("\"params\":{\"a\":\"b\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"params\":{\"measured\":\"1\"}}"})
  void aPayloadWithoutItHasNone(String payload) {
    assertThat(Measured.in(payload)).isEmpty();
    assertThat(Measured.isAccepted(payload)).isFalse();
    assertThat(Measured.triedAgain(payload)).isEqualTo(payload);
  }

  @Test
  void whatIsTriedAgainIsNoLongerMeasuredAndAcceptedIfItWasUnlike() {
    String accepted = Measured.triedAgain(UNLIKE.into("{\"params\":{\"a\":\"b\"}}"));

    assertThat(Measured.in(accepted)).isEmpty();
    assertThat(Measured.isAccepted(accepted)).isTrue();
    assertThat(accepted).contains("\"params\":{\"a\":\"b\"}");
    assertThat(Measured.isAccepted(Measured.triedAgain(LIKE.into("{\"date\":\"x\"}")))).isFalse();
    assertThat(Measured.triedAgain(LIKE.into(""))).isEmpty();
    // tried again once more, with what was measured then
    assertThat(Measured.isAccepted(Measured.triedAgain(LIKE.into(accepted)))).isTrue();
  }

  @Test
  void aParameterOfThatNameAcceptsNothing() {
    assertThat(Measured.isAccepted("{\"params\":{\"accepted\":\"true\"}}")).isFalse();
  }
}
