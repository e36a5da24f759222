package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.NotifyPolicy.FailureRule;
import io.waybill.jobs.alert.FailureState.Failures;
import io.waybill.jobs.alert.FailureState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says what is told of a job's failures: the first, or the one that makes enough of them; a
 * reminder while it goes on; once that it is well again. What changes too often is told as that,
 * and then how it stands once it has stayed as it is.
 */
final class FailureRules {
  /** So many changes within that time are told as flapping. */
  static final int MANY = 5;

  static final Duration FLAPPING = Duration.ofHours(1);

  /** How long it must have stayed as it is until that is told. */
  static final Duration STEADY = Duration.ofHours(1);

  private final FailureRule rule;

  FailureRules(FailureRule rule) {
    this.rule = rule;
  }

  /**
   * How a run has ended.
   *
   * @param isByHand whether somebody has started it himself, who sees how it ends
   */
  record Ending(String run, Instant at, boolean isSuccess, boolean isByHand) {}

  /**
   * What follows.
   *
   * @param tell what somebody is told
   */
  record Step(FailureState state, Optional<Alert.Kind> tell) {
    static Step silent(FailureState state) {
      return new Step(state, Optional.empty());
    }

    static Step tell(FailureState state, Alert.Kind kind) {
      return new Step(state, Optional.of(kind));
    }
  }

  /** Returns what follows from the end of a run. */
  Step ended(FailureState state, Ending ending) {
    if (ending.isSuccess()) {
      return succeeded(state, ending);
    }
    return ending.isByHand() ? Step.silent(state) : failed(state, ending);
  }

  private Step succeeded(FailureState state, Ending ending) {
    Failures left =
        rule.within().isPresent() && !state.phase().isFailing()
            ? new Failures(0, state.failures().recent(), state.failures().lastRun())
            : Failures.NONE;
    FailureState after = state.with(left);
    return switch (state.phase()) {
      case WELL, FLAPPING_WELL -> Step.silent(after);
      case FLAPPING_FAILING -> Step.silent(changed(after, Phase.FLAPPING_WELL, ending.at()));
      case FAILING -> change(after, Phase.WELL, Alert.Kind.RECOVERY, ending.at());
    };
  }

  private Step failed(FailureState state, Ending ending) {
    Failures counted = counted(state.failures(), ending);
    FailureState after = state.with(counted);
    if (state.phase().isFailing()) {
      return state.phase() == Phase.FAILING && isReminded(after, ending.at())
          ? reminded(after, ending.at())
          : Step.silent(after);
    }
    boolean isEnough =
        rule.within().isPresent()
            ? counted.recent().size() >= rule.after()
            : counted.count() >= rule.after();
    if (!isEnough) {
      return Step.silent(after);
    }
    return state.phase() == Phase.WELL
        ? change(after, Phase.FAILING, Alert.Kind.FAILURE, ending.at())
        : Step.silent(changed(after, Phase.FLAPPING_FAILING, ending.at()));
  }

  // without a window only the first is remembered, as the beginning, and how many there were
  private Failures counted(Failures before, Ending ending) {
    List<Instant> recent = new ArrayList<>(before.recent());
    if (rule.within().isPresent()) {
      Instant oldest = ending.at().minus(rule.within().get());
      recent.removeIf(at -> at.isBefore(oldest));
      recent.add(ending.at());
      while (recent.size() > rule.after()) {
        recent.remove(0);
      }
    } else if (before.count() == 0) {
      recent = List.of(ending.at());
    }
    return new Failures(before.count() + 1, recent, ending.run());
  }

  private static FailureState changed(FailureState state, Phase phase, Instant at) {
    return new FailureState(phase, state.failures(), state.since(), state.toldAt(), List.of(at));
  }

  private static Step change(FailureState state, Phase phase, Alert.Kind kind, Instant at) {
    List<Instant> changes = new ArrayList<>(state.changes());
    changes.removeIf(each -> each.isBefore(at.minus(FLAPPING)));
    changes.add(at);
    if (changes.size() < MANY) {
      return Step.tell(state.with(phase, at, changes), kind);
    }
    Phase flapping = phase.isFailing() ? Phase.FLAPPING_FAILING : Phase.FLAPPING_WELL;
    return Step.tell(state.with(flapping, at, List.of(at)), Alert.Kind.FLAPPING);
  }

  /** Returns what follows from the time alone. */
  Step ticked(FailureState state, Instant now) {
    if (state.phase() == Phase.FAILING) {
      return isReminded(state, now) ? reminded(state, now) : Step.silent(state);
    }
    if (!state.phase().isFlapping() || now.isBefore(steadyAt(state))) {
      return Step.silent(state);
    }
    Phase stays = state.phase().isFailing() ? Phase.FAILING : Phase.WELL;
    return Step.tell(state.with(stays, now, List.of()), Alert.Kind.STEADY);
  }

  private static Instant steadyAt(FailureState state) {
    Instant last =
        state.changes().isEmpty() ? state.toldAt().orElse(Instant.MIN) : state.changes().get(0);
    return last.equals(Instant.MIN) ? last : last.plus(STEADY);
  }

  private boolean isReminded(FailureState state, Instant now) {
    return rule.repeatEvery().isPresent()
        && state.toldAt().isPresent()
        && !now.isBefore(state.toldAt().get().plus(rule.repeatEvery().get()));
  }

  private static Step reminded(FailureState state, Instant now) {
    return Step.tell(state.with(Phase.FAILING, now, state.changes()), Alert.Kind.REMINDER);
  }
}
