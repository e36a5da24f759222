package io.waybill.transfer.tcp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapBudgetTest {
  @Test
  void statedSizesAreBoundedAndGivenBack() throws Exception {
    HeapBudget budget = new HeapBudget();
    ChunkLayout huge = ChunkLayout.of(ChunkLayout.MAX_FILE_BYTES);
    long most = Runtime.getRuntime().maxMemory() / 4 / (36L * huge.chunkCount());
    List<HeapBudget.Part> parts = new ArrayList<>();
    for (long i = 0; i < most; i++) {
      parts.add(budget.take(huge));
    }
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> budget.take(huge))
        .satisfies(full -> assertThat(full.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    for (HeapBudget.Part each : parts) {
      each.close();
      each.close();
    }
    for (long i = 0; i < most; i++) {
      parts.add(budget.take(huge));
    }
  }
}
