package io.waybill.transfer.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BufferBudgetTest {
  private static final int MIB = 1 << 20;

  private final BufferBudget whole = new BufferBudget(32L * MIB);

  @Test
  void oneShareLeavesTheOthersRoom() throws Exception {
    BufferBudget greedy = whole.share();
    List<ByteBuffer> taken = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      taken.add(greedy.take(8 * MIB, Duration.ZERO));
    }
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> greedy.take(64 << 10, Duration.ZERO))
        .satisfies(full -> assertThat(full.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    BufferBudget modest = whole.share();
    ByteBuffer other = modest.take(8 * MIB, Duration.ZERO);
    modest.give(other);

    greedy.give(taken.remove(0));
    taken.add(greedy.take(8 * MIB, Duration.ZERO));
    taken.forEach(greedy::give);
    assertThat(whole.usedBytes()).isZero();
    assertThat(greedy.usedBytes()).isZero();
  }

  @Test
  void aShareGivesBackWhatTheWholeHadNot() throws Exception {
    BufferBudget one = whole.share();
    List<ByteBuffer> taken = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      taken.add(whole.take(8 * MIB, Duration.ZERO));
    }
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> one.take(8 * MIB, Duration.ZERO));
    taken.forEach(whole::give);
    ByteBuffer first = one.take(8 * MIB, Duration.ZERO);
    ByteBuffer second = one.take(8 * MIB, Duration.ZERO);
    one.give(first);
    one.give(second);
  }
}
