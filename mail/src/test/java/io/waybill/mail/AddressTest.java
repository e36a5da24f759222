package io.waybill.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "ops@example.org, ops@example.org, ''",
    "Ops <ops@example.org>, ops@example.org, Ops",
    "Zoë Ünal <z@example.org>, z@example.org, Zoë Ünal",
    "x@exämple.org, x@xn--exmple-cua.org, ''",
    "you@localhost, you@localhost, ''",
  })
  void parsesNameAndAddress(String text, String address, String name) {
    Address parsed = Address.parse(text);
    assertThat(parsed.address()).isEqualTo(address);
    assertThat(parsed.displayName().orElse("")).isEqualTo(name);
  }

  @Test
  void unescapesAQuotedName() {
    assertThat(Address.parse("\"Doe, \\\"Joe\\\"\" <j@example.org>").displayName())
        .contains("Doe, \"Joe\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nobody",
        "a@b@c",
        "a b@example.org",
        "a@example.org, b@example.org",
        "a(comment)@example.org",
        "@relay.org:a@example.org",
        "ü@example.org"
      })
  void refusesWhatIsNotOneAddress(String text) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Address.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a@ex\rample.org", "a@ex\nample.org", "a\u0000@example.org"})
  void refusesLineEndsAndNulWithTheirPosition(String text) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Address.of(text))
        .satisfies(e -> assertThat(e.position()).isPositive())
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("ample"));
  }

  @Test
  void comparesDomainsWithoutRegardToCaseAndLocalPartsWithIt() {
    assertThat(Address.of("Ops@EXAMPLE.org")).isEqualTo(Address.of("Ops@example.ORG"));
    assertThat(Address.of("Ops@EXAMPLE.org")).hasSameHashCodeAs(Address.of("Ops@example.ORG"));
    assertThat(Address.of("ops@example.org")).isNotEqualTo(Address.of("Ops@example.org"));
  }
}
