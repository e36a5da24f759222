package io.waybill.transfer.tcp.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.waybill.transfer.tcp.wire.Allocation;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The first payload of a stranger may hold anything. */
class HelloFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void helloIsReadAndWrittenAgainOrRefused(byte[] payload) throws IOException {
    try {
      Hello hello = Allocation.within(64L * payload.length, () -> read(payload));
      assertThat(read(hello.fields().toBytes())).isEqualTo(hello);
    } catch (WireException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
    }
  }

  private static Hello read(byte[] payload) throws WireException {
    return Hello.read(
        new Frame(
            FrameType.HELLO, FrameType.CRITICAL, 0, ByteBuffer.wrap(payload), Frame.Body.NONE));
  }
}
