package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OperationTest {
  @Test
  void aLateCancelEndsNothingThatServesOthersByNow() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    Operation operation = new Operation();
    operation.attach(closed::incrementAndGet);
    operation.detach();
    operation.cancel();
    assertThat(closed).hasValue(0);
  }

  @Test
  void aCancelEndsWhatTheCallIsBlockedOn() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    Operation operation = new Operation();
    operation.attach(closed::incrementAndGet);
    operation.cancel();
    assertThat(closed).hasValue(1);
  }
}
