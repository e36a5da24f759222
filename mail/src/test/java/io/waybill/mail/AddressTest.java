package io.waybill.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.IDN;
import java.util.Random;
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
        "()a@example.org",
        "a @example.org",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "\"a\"b@example.org",
        "\"a\"b\"@example.org",
        "\"a\\\"@example.org",
        "\"@example.org",
        "<a@example.org",
        "a@[1.2.3.400]",
        "a@[example.org]",
        "a@1.2.3.4"
      })
  void refusesWhatIsNotOneAddress(String text) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Address.parse(text));
  }

  @Test
  void whoGivesSeveralAsOneIsToldSo() {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Address.parse("a@example.org, b@example.org"))
        .withMessageContaining("given apart");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a@ex\rample.org", "a@ex\nample.org", "a\u0000@example.org"})
  void refusesLineEndsAndNulWithTheirPosition(String text) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Address.of(text))
        .satisfies(e -> assertThat(e.position()).isPositive())
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("ample"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "example..org",
        ".example.org",
        "example.org.",
        "-example.org",
        "example-.org",
        "my_host.org",
        "exa mple.org",
        "example.org/x",
        "a℀b.org",
        "\u0301a.org",
        "a\u200db.org",
        "אב1.org",
        "example.123",
        "1.2.3.\uff14",
        "\u2026.org"
      })
  void refusesWhatIsNoHostName(String domain) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Address.of("a@" + domain));
  }

  @Test
  void refusesLabelsNamesAndLocalPartsThatAreTooLong() {
    String label = "l".repeat(63);
    assertThat(Address.of("a@" + label + ".org").domain()).hasSize(67);
    assertThat(Address.of("a".repeat(64) + "@" + label + ".org").localPart()).hasSize(64);
    for (String address :
        new String[] {
          "a@l" + label + ".org",
          "a".repeat(65) + "@example.org",
          "ü".repeat(33) + "@example.org",
          "a@" + (label + ".").repeat(4) + "org"
        }) {
      assertThatExceptionOfType(MailException.InvalidMessage.class)
          .isThrownBy(() -> Address.of(address));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "संपर्क@डाटामेल.भारत, संपर्क, xn--c2bd4bq1db8d.xn--h2brj9c",
    "ü@example.org, ü, example.org",
    "क\u094d\u200dष@example.org, क\u094d\u200dष, example.org",
    "用户.名@例え.テスト, 用户.名, xn--r8jz45g.xn--zckzah",
    "a+😀@example.org, a+😀, example.org",
    "\"ü x\"@example.org, \"ü\\u0020x\", example.org",
  })
  void takesLocalPartsOfAnyScriptAndSaysSo(String text, String localPart, String domain) {
    Address address = Address.of(text);
    assertThat(address.localPart()).isEqualTo(localPart.replace("\\u0020", " "));
    assertThat(address.domain()).isEqualTo(domain);
    assertThat(address.needsUtf8()).isTrue();
  }

  @Test
  void domainsOfAnyScriptNeedNoUtf8() {
    assertThat(Address.of("info@डाटामेल.भारत").needsUtf8()).isFalse();
    assertThat(Address.of("\"a b\"@[192.0.2.1]").needsUtf8()).isFalse();
  }

  @Test
  void keepsAddressLiterals() {
    assertThat(Address.of("a@[192.0.2.1]").address()).isEqualTo("a@[192.0.2.1]");
    assertThat(Address.of("a@[IPv6:2001:db8::1]").address()).isEqualTo("a@[IPv6:2001:db8::1]");
  }

  @Test
  void composedAndDecomposedLettersAreTheSameMailbox() {
    assertThat(Address.of("e\u0301@example.org")).isEqualTo(Address.of("\u00e9@example.org"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u202e", "\u2066", "\u200f", "\u061c", "\u00a0", "\u200b", "\u3000", "\ue000", "\uffff",
        "\u037e", "\t", "\u0085", "\u2028"
      })
  void refusesInvisibleAndMisleadingCharactersInLocalParts(String bad) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Address.of("ab" + bad + "c@example.org"))
        .satisfies(e -> assertThat(e.position()).isEqualTo(2));
  }

  @ParameterizedTest
  @CsvSource({
    "faß.de, xn--fa-hia.de",
    "FAß.de, xn--fa-hia.de",
    "straẞe.de, xn--strae-oqa.de",
    "βόλος.com, xn--nxasmm1c.com",
    "βόλοσ.com, xn--nxasmq6b.com",
    "example。org, example.org",
    "ｅxample．org, example.org",
    "BÜCHER.example, xn--bcher-kva.example",
  })
  void keepsTheLettersThatOlderRulesReplacedByOthers(String domain, String ascii) {
    assertThat(Address.of("a@" + domain).domain()).isEqualTo(ascii);
  }

  /** The platform's encoder is the oracle wherever the two rules agree. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void punycodeAgreesWithThePlatform(long seed) {
    Random random = new Random(seed);
    int[] alphabet = "abcxyz019-éüñαβδжщ日本語報告書क𠀀".codePoints().toArray();
    for (int i = 0; i < 200; i++) {
      StringBuilder label = new StringBuilder("é");
      for (int j = random.nextInt(12); j > 0; j--) {
        label.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
      }
      label.append("x");
      String text = label.toString();
      assertThat("xn--" + Punycode.encode(text))
          .as("seed %d label %s", seed, text)
          .isEqualTo(IDN.toASCII(text, IDN.ALLOW_UNASSIGNED));
    }
  }

  @Test
  void displayNamesMayHoldRightToLeftMarksButNothingThatTurnsText() {
    assertThat(Address.of("דוד\u200f (מנהל)", "d@example.org").displayName()).isPresent();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Address.of("ab\u202egro.elpmaxe", "d@example.org"))
        .withMessage("display name holds the control character 0x202e at position 2");
  }

  @Test
  void comparesDomainsWithoutRegardToCaseAndLocalPartsWithIt() {
    assertThat(Address.of("Ops@EXAMPLE.org")).isEqualTo(Address.of("Ops@example.ORG"));
    assertThat(Address.of("Ops@EXAMPLE.org")).hasSameHashCodeAs(Address.of("Ops@example.ORG"));
    assertThat(Address.of("ops@example.org")).isNotEqualTo(Address.of("Ops@example.org"));
  }
}
