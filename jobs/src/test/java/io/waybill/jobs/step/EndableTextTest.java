package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EndableTextTest {
  @Test
  void anExpressionIsFoundAnywhere() throws InterruptedException {
    assertThat(EndableText.of("INV-7.xml").has(Pattern.compile("[0-9]+[.]"))).isTrue();
    assertThat(EndableText.of("INV-7.xml").has(Pattern.compile("^[0-9]"))).isFalse();
  }

  @Test
  @Timeout(20)
  void oneThatWouldTakeForEverEndsWhenItsThreadIsInterrupted() {
    EndableText text = EndableText.of("_".repeat(240) + "!");
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> text.has(Pattern.compile("^(_*_*_*_*_*_*)*[.]csv$")))
        .isInstanceOf(InterruptedException.class);

    assertThat(Thread.interrupted()).isFalse();
  }
}
