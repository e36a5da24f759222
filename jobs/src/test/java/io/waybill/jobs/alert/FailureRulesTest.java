package io.waybill.jobs.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Alert.Kind;
import io.waybill.jobs.NotifyPolicy.FailureRule;
import io.waybill.jobs.alert.FailureRules.Ending;
import io.waybill.jobs.alert.FailureRules.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of a job's failures. */
class FailureRulesTest {
  private static final Instant START = Instant.parse("2026-11-30T06:00:00Z");

  /**
   * A story is a list of events, each with its minute: F a failure, S a success, f and s the same
   * by hand, T the passing of time. What is told is named by the letters of its kind and the
   * minute.
   */
  @ParameterizedTest(name = "after {0} within {1} repeat {2}: {3}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          1 | -  | -   | F0                          | FAILURE0
          1 | -  | -   | F0 F5 F9                    | FAILURE0
          1 | -  | -   | F0 S5                       | FAILURE0 RECOVERY5
          1 | -  | -   | S0 S5                       | -
          1 | -  | -   | F0 S5 S6                    | FAILURE0 RECOVERY5
          1 | -  | -   | f0 F5                       | FAILURE5
          1 | -  | -   | F0 f5 s9                    | FAILURE0 RECOVERY9
          1 | -  | -   | f0 s5                       | -
          1 | -  | -   | F0 T60 T2000                | FAILURE0
          3 | -  | -   | F0 F5 F9                    | FAILURE9
          3 | -  | -   | F0 F5 S6 F9 F10             | -
          3 | -  | -   | F0 f5 F6 f7 F8              | FAILURE8
          3 | -  | -   | F0 F5 S6                    | -
          3 | 20 | -   | F0 S5 F6 S7 F9              | FAILURE9
          3 | 20 | -   | F0 F10 F21                  | -
          3 | 20 | -   | F0 F10 F20                  | FAILURE20
          3 | 20 | -   | F0 F1 F2 S3 F4 F5           | FAILURE2 RECOVERY3
          1 | -  | 60  | F0 T59 T60 T61 T119 T120    | FAILURE0 REMINDER60 REMINDER120
          1 | -  | 60  | F0 F70 T75 T129 T130        | FAILURE0 REMINDER70 REMINDER130
          1 | -  | 60  | F0 S30 T60 T120             | FAILURE0 RECOVERY30
          1 | -  | -   | F0 S1 F2 S3 F4 S5 F6 S7     | FAILURE0 RECOVERY1 FAILURE2 RECOVERY3 FLAPPING4
          1 | -  | -   | F0 S1 F2 S3 F4 S5 T64 T65   | FAILURE0 RECOVERY1 FAILURE2 RECOVERY3 FLAPPING4 STEADY65
          1 | -  | -   | F0 S1 F2 S3 F4 T63 T64      | FAILURE0 RECOVERY1 FAILURE2 RECOVERY3 FLAPPING4 STEADY64
          1 | -  | 60  | F0 S1 F2 S3 F4 T64 T123 T124 S125 | FAILURE0 RECOVERY1 FAILURE2 RECOVERY3 FLAPPING4 STEADY64 REMINDER124 RECOVERY125
          1 | -  | 60  | F0 S1 F2 S3 F4 S5 F50 S60 T110 T119 T120 | FAILURE0 RECOVERY1 FAILURE2 RECOVERY3 FLAPPING4 STEADY120
          1 | -  | -   | F0 S20 F40 S59 F61          | FAILURE0 RECOVERY20 FAILURE40 RECOVERY59 FAILURE61
          """)
  void theStoryIsTold(int after, Integer within, Integer repeat, String story, String expected) {
    FailureRules rules = new FailureRules(rule(after, minutes(within), minutes(repeat)));
    FailureState state = FailureState.WELL;
    List<String> told = new ArrayList<>();
    for (String event : story.split(" ", -1)) {
      int minute = Integer.parseInt(event.substring(1));
      Instant at = START.plus(Duration.ofMinutes(minute));
      Step step =
          event.charAt(0) == 'T'
              ? rules.ticked(state, at)
              : rules.ended(
                  state,
                  new Ending(
                      "R" + minute,
                      at,
                      Character.toUpperCase(event.charAt(0)) == 'S',
                      Character.isLowerCase(event.charAt(0))));
      step.tell().ifPresent(kind -> told.add(kind + "" + minute));
      state = step.state();
    }
    assertThat(String.join(" ", told)).isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void theBeginningOfATroubleAndItsLastRunAreRemembered() {
    FailureRules rules = new FailureRules(rule(2, Optional.empty(), Optional.empty()));
    FailureState state = FailureState.WELL;
    for (int minute : List.of(0, 1, 2)) {
      state = rules.ended(state, failure(minute)).state();
    }

    assertThat(state.since()).contains(START);
    assertThat(state.toldAt()).contains(START.plus(Duration.ofMinutes(1)));
    assertThat(state.failures().lastRun()).isEqualTo("R2");
    assertThat(state.failures().count()).isEqualTo(3);
  }

  /** Whatever happens: kinds alternate, are bounded, and the state stays small. */
  @Test
  void whatIsToldMakesSenseWhateverHappens() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int after = 1 + random.nextInt(4);
      Optional<Duration> within =
          after > 1 && random.nextBoolean()
              ? Optional.of(Duration.ofMinutes(1 + random.nextInt(90)))
              : Optional.empty();
      Optional<Duration> repeat =
          random.nextBoolean()
              ? Optional.of(Duration.ofMinutes(1 + random.nextInt(300)))
              : Optional.empty();
      check(seed, random, new FailureRules(rule(after, within, repeat)), after);
    }
  }

  private static void check(long seed, Random random, FailureRules rules, int after) {
    FailureState state = FailureState.WELL;
    Instant now = START;
    List<Instant> changes = new ArrayList<>();
    boolean isTroubleKnown = false;
    boolean isFlapping = false;
    for (int i = 0; i < 400; i++) {
      now = now.plusSeconds(random.nextInt(random.nextInt(10) == 0 ? 7_200 : 600));
      boolean isTick = random.nextInt(3) == 0;
      boolean isSuccess = random.nextBoolean();
      Step step =
          isTick
              ? rules.ticked(state, now)
              : rules.ended(state, new Ending("R", now, isSuccess, random.nextInt(5) == 0));
      Kind kind = step.tell().orElse(null);
      if (kind != null) {
        String story = "seed %d event %d: %s".formatted(seed, i, kind);
        switch (kind) {
          case FAILURE -> {
            assertThat(isTroubleKnown || isFlapping || isSuccess).as(story).isFalse();
            isTroubleKnown = true;
          }
          case RECOVERY -> {
            assertThat(isTroubleKnown && !isFlapping && isSuccess).as(story).isTrue();
            isTroubleKnown = false;
          }
          case REMINDER -> assertThat(isTroubleKnown && !isFlapping).as(story).isTrue();
          case FLAPPING -> {
            assertThat(isFlapping).as(story).isFalse();
            isFlapping = true;
          }
          case STEADY -> {
            assertThat(isFlapping && isTick).as(story).isTrue();
            isFlapping = false;
            isTroubleKnown = step.state().phase().isFailing();
          }
          default -> throw new AssertionError(story);
        }
        if (kind != Kind.REMINDER && kind != Kind.STEADY) {
          changes.add(now);
        }
      }
      state = step.state();
      assertThat(state.isOpen())
          .as("seed %d event %d", seed, i)
          .isEqualTo(isTroubleKnown || isFlapping);
      assertThat(state.failures().recent()).hasSizeLessThanOrEqualTo(Math.max(after, 1));
      assertThat(state.changes()).hasSizeLessThan(FailureRules.MANY);
      Instant hourAgo = now.minus(FailureRules.FLAPPING);
      assertThat(changes.stream().filter(at -> at.isAfter(hourAgo)))
          .as("seed %d event %d", seed, i)
          .hasSizeLessThanOrEqualTo(FailureRules.MANY);
    }
  }

  private static Ending failure(int minute) {
    return new Ending("R" + minute, START.plus(Duration.ofMinutes(minute)), false, false);
  }

  private static Optional<Duration> minutes(Integer minutes) {
    return Optional.ofNullable(minutes).map(Duration::ofMinutes);
  }

  private static FailureRule rule(int after, Optional<Duration> within, Optional<Duration> repeat) {
    return new FailureRule(List.of("ops"), after, within, repeat);
  }
}
