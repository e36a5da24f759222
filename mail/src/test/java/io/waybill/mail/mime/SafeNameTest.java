package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the messages of {@link MimeReaderTest} do not say. */
class SafeNameTest {
  private final SafeName names = new SafeName();

  private String make(String raw) {
    return names.make(raw, "fallback");
  }

  @Test
  void namesThatSomeFileSystemTakesForOneGetNumbers() {
    assertThat(make("s.txt")).isEqualTo("s.txt");
    assertThat(make("\u017f.txt")).as("a long s").isEqualTo("\u017f-2.txt");
    assertThat(make("\u00e9")).isEqualTo("\u00e9");
    assertThat(make("e\u200d\u0301")).as("a joiner within").isEqualTo("\u00e9-2");
  }

  @Test
  void aNumberThatIsTakenIsPassedOver() {
    assertThat(make("a-2")).isEqualTo("a-2");
    assertThat(make("a")).isEqualTo("a");
    assertThat(make("A")).isEqualTo("A-3");
    assertThat(make("a")).isEqualTo("a-4");
    assertThat(make("a-2")).isEqualTo("a-2-2");
  }

  @Test
  void neitherBlankNorDotIsLeftAtTheEndThatWasCut() {
    assertThat(make("a".repeat(199) + " b")).isEqualTo("a".repeat(199));
    assertThat(make("a".repeat(195) + " b".repeat(5) + ".txt")).isEqualTo("a".repeat(195) + ".txt");
    assertThat(make(" .a. ")).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "\u00e9", ". ", "\u0301\u0323", "\ud83d\ude00", "\ud83d", "\u200d"})
  @Timeout(5)
  void aNameAsLongAsAHeaderIsShortenedAtOnce(String unit) {
    String name = make("1" + unit.repeat(100_000) + "2.pdf");
    assertThat(name).startsWith("1").endsWith(".pdf");
    assertThat(name.getBytes(UTF_8).length).isLessThanOrEqualTo(200);
  }

  @Test
  @Timeout(5)
  void tensOfThousandsOfEqualNames() {
    for (int i = 1; i < 20_000; i++) {
      make("a.txt");
    }
    assertThat(make("a.txt")).isEqualTo("a-20000.txt");
  }
}
