package io.waybill.mail.sasl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SaslPrepTest {
  /** RFC 4013 3, and one of each table. */
  @ParameterizedTest
  @CsvSource({
    "I\u00ADX, IX",
    "user, user",
    "USER, USER",
    "\u00AA, a",
    "\u2168, IX",
    "a\u00A0b, 'a b'",
    "a\u200Bb, 'a b'",
    "a\u3000b, 'a b'",
    "a\u200Db, ab",
    "a\uFE0Fb, ab",
    "a\u1806b, ab",
    "\u212B, \u00C5",
    "A\u030A, \u00C5",
    "\uFF21, A",
    "\uFB01, fi",
    "\u0627\u0628, \u0627\u0628",
    "\u05D0 1 \u05D0, \u05D0 1 \u05D0",
    "\uD83D\uDE00, \uD83D\uDE00",
    "I\u0130\u0131i, I\u0130\u0131i"
  })
  void mapsAndNormalises(String text, String prepared) throws SaslException {
    assertThat(SaslPrep.prepare("password", text)).isEqualTo(prepared);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0x07, 0x1F, 0x7F, 0x80, 0x9F, 0x6DD, 0x70F, 0x180E, 0x2028, 0x2029, 0x2061, 0x206A, 0xFFF9,
        0xFFFC, 0xFFFD, 0x1D173, 0x1D17A, 0xE000, 0xF8FF, 0xF0000, 0x10FFFD, 0xFDD0, 0xFDEF, 0xFFFE,
        0xFFFF, 0x1FFFF, 0x10FFFF, 0x2FF0, 0x2FFB, 0x200E, 0x202A, 0x202E, 0xE0001, 0xE0041
      })
  void refusesWhatRfc4013Forbids(int codePoint) {
    String text = "secret" + Character.toString(codePoint) + "secret";
    assertThatThrownBy(() -> SaslPrep.prepare("password", text))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("password")
        .hasMessageContaining("RFC 4013")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u06271", "\u0627a\u0627", "1\u0627", "a\u05D0"})
  void refusesMixedDirections(String text) {
    assertThatThrownBy(() -> SaslPrep.prepare("user", text))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("from the right");
  }

  @Test
  void whatVanishesLeavesNothingToLogInWith() {
    assertThatThrownBy(() -> SaslPrep.prepare("user", "\u00AD\u200D"))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("empty");
  }

  @Test
  void refusesHalfACharacter() {
    assertThatThrownBy(() -> SaslPrep.prepare("user", "a\uD800b"))
        .isInstanceOf(SaslException.class);
  }

  @Test
  void preparingTwiceChangesNothing() throws SaslException {
    List<String> unstable = new ArrayList<>();
    for (int c = 0x20; c < 0x3000; c++) {
      try {
        String once = SaslPrep.prepare("user", "x" + Character.toString(c));
        if (!SaslPrep.prepare("user", once).equals(once)) {
          unstable.add(Integer.toHexString(c));
        }
      } catch (SaslException e) {
        assertThat(e).hasMessageContaining("RFC 4013");
      }
    }
    assertThat(unstable).isEmpty();
  }
}
