package io.waybill.mail.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlowedTextTest {
  @Test
  void wrapsParagraphsBehindBlanks() {
    String first = "one two three four five six seven eight nine ten eleven twelve ";
    assertThat(FlowedText.wrap(first + "thirteen fourteen"))
        .isEqualTo(first + "\r\nthirteen fourteen\r\n");
  }

  @Test
  void stuffsWhatWouldReadAsSomethingElse() {
    assertThat(FlowedText.wrap("From here\n indented\nend  \n-- \nme"))
        .isEqualTo(" From here\r\n  indented\r\nend\r\n-- \r\nme\r\n");
  }

  @Test
  void repeatsTheMarksOfAQuote() {
    assertThat(FlowedText.wrap(">> " + "word ".repeat(20)).lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith(">> word"));
  }

  @Test
  void leavesWordsWholeThatAreLongerThanALine() {
    String url = "https://example.org/" + "x".repeat(100);
    assertThat(FlowedText.wrap("see " + url + " there"))
        .isEqualTo("see \r\n" + url + " \r\nthere\r\n");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void aReaderThatJoinsTheLinesGetsTheParagraphsBack(long seed) {
    Random random = new Random(seed);
    List<String> paragraphs = new ArrayList<>();
    String[] words = {"a", "From", "--", ">", "word", "longer", "ü", "x".repeat(90), "", ">>"};
    for (int i = 0; i < 50; i++) {
      StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "> " : "");
      for (int j = random.nextInt(60); j > 0; j--) {
        text.append(words[random.nextInt(words.length)]).append(' ');
      }
      paragraphs.add(text.append("end").toString());
    }
    String wrapped = FlowedText.wrap(String.join("\n", paragraphs));
    assertThat(unwrap(wrapped)).as("seed %d", seed).isEqualTo(paragraphs);
    assertThat(wrapped.lines().filter(line -> line.length() > 100)).isEmpty();
  }

  /** RFC 3676 4.1, 4.4 and 4.5, written without a look at the other side. */
  private static List<String> unwrap(String flowed) {
    List<String> paragraphs = new ArrayList<>();
    StringBuilder paragraph = new StringBuilder();
    boolean open = false;
    for (String line : flowed.lines().toList()) {
      int depth = 0;
      while (line.startsWith(">", depth)) {
        depth++;
      }
      String text = line.substring(depth);
      if (text.startsWith(" ")) {
        text = text.substring(1);
      }
      if (!open && depth > 0) {
        paragraph.append(">".repeat(depth)).append(' ');
      }
      paragraph.append(text);
      open = text.endsWith(" ") && !text.equals("-- ");
      if (!open) {
        paragraphs.add(paragraph.toString());
        paragraph.setLength(0);
      }
    }
    return paragraphs;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatWasWrappedIsJoinedAgain(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      StringBuilder text = new StringBuilder();
      for (int line = random.nextInt(6); line >= 0; line--) {
        text.append(random.nextInt(4) == 0 ? ">".repeat(1 + random.nextInt(3)) + " " : "");
        for (int word = 1 + random.nextInt(60); word > 0; word--) {
          text.append("x".repeat(1 + random.nextInt(9))).append(word > 1 ? " " : "");
        }
        text.append("\r\n");
      }
      assertThat(FlowedText.unwrap(FlowedText.wrap(text.toString()), false))
          .isEqualTo(text.toString().replaceAll("(?m)^(>+) (?=\r\n)", "$1 "));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "日本 /語 / | true | 日本語/",
        "a /b | false | a b/",
        "-- /sig | false | -- /sig/",
        "> a /b | false | > a /b/",
        "'  indented/' | false | ' indented/'"
      })
  void joinsAsTheFieldSays(String wrapped, boolean isBlankDeleted, String joined) {
    assertThat(FlowedText.unwrap(wrapped.replace("/", "\r\n"), isBlankDeleted))
        .isEqualTo(joined.replace("/", "\r\n"));
  }
}
