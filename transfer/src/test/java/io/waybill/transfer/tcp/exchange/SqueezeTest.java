package io.waybill.transfer.tcp.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.Use;
import org.junit.jupiter.api.Test;

class SqueezeTest {
  private static final int BODY = 1 << 20;
  private static final long SLOW_NANOS = 40L * BODY;
  private static final long FAST_NANOS = BODY / 2;

  private final Squeeze squeeze = new Squeeze(Use.AUTO);

  @Test
  void nothingIsCompressedBeforeTheLinkIsKnown() {
    assertThat(squeeze.pays(SqueezeTest::unlooked)).isFalse();
  }

  @Test
  void aFastLinkIsNotEvenSampledFor() {
    squeeze.sent(BODY, FAST_NANOS, false);
    assertThat(squeeze.pays(SqueezeTest::unlooked)).isFalse();
  }

  @Test
  void onASlowLinkWhatShrinksByTenPercentIsCompressed() {
    squeeze.sent(BODY, SLOW_NANOS, false);
    assertThat(squeeze.pays(() -> 0.5)).isTrue();
    assertThat(squeeze.pays(() -> 0.89)).isTrue();
    assertThat(squeeze.pays(() -> 0.91)).isFalse();
    assertThat(squeeze.pays(() -> 1)).isFalse();
  }

  @Test
  void whereCompressingTakesLongerThanSendingItIsLeftAlone() {
    squeeze.sent(BODY, SLOW_NANOS, false);
    for (int i = 0; i < 10; i++) {
      squeeze.packed(BODY, 100L * BODY);
    }
    assertThat(squeeze.pays(() -> 0.1)).isFalse();
  }

  @Test
  void aLinkThatHasTimeToSpareBecauseOfCompressionIsNotTakenForFastAtOnce() {
    squeeze.sent(BODY, SLOW_NANOS, false);
    squeeze.sent(BODY / 10, FAST_NANOS / 10, true);
    assertThat(squeeze.pays(() -> 0.1)).isTrue();
    for (int i = 0; i < 40; i++) {
      squeeze.sent(BODY / 10, FAST_NANOS / 10, true);
    }
    assertThat(squeeze.pays(() -> 0.1)).isFalse();
  }

  @Test
  void alwaysAndNeverDoNotLook() {
    assertThat(new Squeeze(Use.ALWAYS).pays(SqueezeTest::unlooked)).isTrue();
    Squeeze never = new Squeeze(Use.NEVER);
    never.sent(BODY, SLOW_NANOS, false);
    assertThat(never.pays(SqueezeTest::unlooked)).isFalse();
  }

  private static double unlooked() {
    throw new AssertionError("a sample was taken");
  }
}
