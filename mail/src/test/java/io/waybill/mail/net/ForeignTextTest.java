package io.waybill.mail.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignTextTest {
  private static final String SECRET = "0.AXkA-refresh-token-of-someone";

  @Test
  void showsOneLineWithoutControls() {
    assertThat(
            ForeignText.show(
                "  AADSTS700082: expired.\r\nTrace:\t1\u0000\u001b[31m \u202Ex\u2028y\uD800 z",
                200,
                List.of(SECRET)))
        .isEqualTo("AADSTS700082: expired. Trace: 1 [31m x y z");
  }

  @Test
  void cutsBetweenCharacters() {
    assertThat(ForeignText.show("ab\uD83D\uDE00cd", 3, List.of())).isEqualTo("ab...");
    assertThat(ForeignText.show("ab\uD83D\uDE00cd", 4, List.of())).isEqualTo("ab\uD83D\uDE00...");
    assertThat(ForeignText.show("x".repeat(100_000), 10, List.of())).isEqualTo("xxxxxxxxxx...");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SECRET,
        "token " + SECRET + " is bad",
        "0.AXkA-r is bad",
        "bad: someone is not known; of-someone",
      })
  void hidesWhatRepeatsAPartOfASecret(String text) {
    assertThat(ForeignText.show(text, 200, List.of("other", SECRET)))
        .isEqualTo("(text that repeats a secret and is not shown)");
  }

  @Test
  void aShortSecretIsHiddenAsAWhole() {
    assertThat(ForeignText.show("is abc", 200, List.of("abc"))).contains("not shown");
    assertThat(ForeignText.show("is ab", 200, List.of("abc"))).isEqualTo("is ab");
    assertThat(ForeignText.show("is ab", 200, List.of(""))).isEqualTo("is ab");
  }

  @Test
  void looksThroughCauses() {
    Exception inner = new IOException("quoted " + SECRET);
    assertThat(ForeignText.isClean(new IOException("x", inner), List.of(SECRET))).isFalse();
    assertThat(ForeignText.isClean(new IOException("x"), List.of(SECRET))).isTrue();
    Exception first = new IOException("a");
    first.initCause(new IOException("b", first));
    assertThat(ForeignText.isClean(first, List.of(SECRET))).as("a circle").isFalse();
  }
}
