package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
  private final FaultPlan plan = FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, 10);

  @Test
  void withersChangeOnePartOnly() {
    assertThat(plan.onConnections(3).holding(Duration.ofSeconds(2)))
        .isEqualTo(new FaultPlan(Fault.DELAY, Direction.TO_TARGET, 10, 3, Duration.ofSeconds(2)));
    assertThat(plan.onEveryConnection().connections()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void refusesImpossibleRanges() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FaultPlan.once(Fault.CUT, Direction.TO_CLIENT, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> plan.onConnections(0));
  }
}
