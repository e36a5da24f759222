package io.waybill.mail.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the files of odd messages do not say. */
class WordDecoderTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "=?utf-8?q?a?= =?utf-8?q?b?= c | ab c",
        "x=?utf-8?q?a?=y | xay",
        "=?utf-8?b?YQ==YQ==?= | aa",
        "=?utf-8?b?YWJj?= | abc",
        "=?utf-8?b?YWI?= | ab",
        "=?utf-8?b??= | ''",
        "=?utf-8?q?=4?= | =4",
        "=?utf-8?q?a_b=5F?= | a b_",
        "=?iso-2022-jp?b?GyRCRnxLXBsoQg==?= | 日本",
        "=?utf-8?q?a?b?= | =?utf-8?q?a?b?=",
        "=?utf-8?q | =?utf-8?q",
        "=?= | =?="
      })
  void decodesWhatIsAWord(String line, String text) {
    assertThat(WordDecoder.decode(line).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void textCutAtAnyByteIsWhole(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      String text = text(random);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      StringBuilder words = new StringBuilder();
      for (int from = 0; from < bytes.length; ) {
        int to = Math.min(bytes.length, from + 1 + random.nextInt(20));
        byte[] piece = java.util.Arrays.copyOfRange(bytes, from, to);
        words.append(from == 0 ? "" : random.nextBoolean() ? " " : "\t ");
        words.append("=?UTF-8?B?").append(Base64.getEncoder().encodeToString(piece)).append("?=");
        from = to;
      }
      assertThat(WordDecoder.decode(words.toString()).text()).as(words.toString()).isEqualTo(text);
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int[] points = {'a', ' ', 0xe9, 0x65e5, 0x1f600, '=', '?'};
    for (int i = 1 + random.nextInt(40); i > 0; i--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }
}
