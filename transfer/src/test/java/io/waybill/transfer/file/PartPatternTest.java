package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.PartPattern;
import io.waybill.transfer.SourceIdentity;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartPatternTest {
  private static final PartName PART =
      PartName.of(
          "a {id} $1 b.csv", new SourceIdentity(3, Optional.empty(), Optional.empty()), "here");

  @Test
  void usualOnesAreHidden() {
    assertThat(PART.part(PartPattern.USUAL)).isEqualTo(PART.part());
  }

  @Test
  void whatItMakesItKnowsAgain() {
    PartPattern pattern = PartPattern.of("{name}.{id}.tmp");
    String name = PART.part(pattern);
    assertThat(name).matches("a \\{id} \\$1 b\\.csv\\.[0-9a-f]{16}\\.tmp");
    assertThat(pattern.isPart(name)).isTrue();
    assertThat(pattern.isPart(PART.part())).as("as others may have left one").isTrue();
    assertThat(PartPattern.USUAL.isPart(name)).isFalse();
  }

  @Test
  void whatStandsAsideIsFoundByItsTargetAlone() {
    String aside = PartName.aside("x.csv").part();
    assertThat(aside).matches("\\.x\\.csv\\.o[0-9a-f]{15}\\.wbpart");
    assertThat(PartName.isPart(aside)).isTrue();
    assertThat(PartName.aside("x.csv").part()).isEqualTo(aside);
    assertThat(PartName.aside("y.csv").part().substring(7)).isNotEqualTo(aside.substring(7));
  }

  @Test
  void filesOfOthersAreNoParts() {
    PartPattern pattern = PartPattern.of("up-{id}-{name}");
    assertThat(pattern.isPart("up-0123456789abcdef-x")).isTrue();
    assertThat(pattern.isPart("up-0123456789abcdef-")).isFalse();
    assertThat(pattern.isPart("up-0123456789abcdeX-x")).isFalse();
    assertThat(pattern.isPart("xup-0123456789abcdef-x")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x.tmp",
        "{name}.tmp",
        "{id}.tmp",
        "{name}{name}.{id}.tmp",
        "{name}{id}",
        ".{name}.{id}.1",
        "in/{name}.{id}.tmp",
        "{name}.{id}.tmp\r\nDELE x",
        "{name}.{id} tmp",
        "{name}.{id}.{date}.tmp",
        "{name}.{id}.tmp*",
        "{name}.{id}.ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt",
      })
  void whatIsNoPatternIsRefusedInWords(String text) {
    assertThatThrownBy(() -> PartPattern.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContainingAny("\r", "\n")
        .hasMessageContaining("{name}");
  }
}
