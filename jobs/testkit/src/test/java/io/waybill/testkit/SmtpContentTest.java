package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpContentTest {

  @ParameterizedTest
  @CsvSource({
    "'.\r\n', ''",
    "'a\r\n.\r\n', 'a\r\n'",
    "'..\r\n.\r\n', '.\r\n'",
    "'..a\r\n.\r\n', '.a\r\n'",
    "'.a\r\n.\r\n', 'a\r\n'", // RFC 5321 4.5.2 takes the first dot away whatever follows
    "'a\r\n..\r\n..b\r\n.\r\n', 'a\r\n.\r\n.b\r\n'",
    "'a\n.\nb\r\n.\r\n', 'a\n.\nb\r\n'",
    "'a\r\n.\nb\r\n.\r\n', 'a\r\n\nb\r\n'",
    "'a\n.\r\nb\r\n.\r\n', 'a\n.\r\nb\r\n'",
    "'a\r.\r\nb\r\n.\r\n', 'a\r.\r\nb\r\n'",
    "'.\ra\r\n.\r\n', '\ra\r\n'",
    "'.\r\r\n.\r\n', '\r\r\n'",
  })
  void endsAtADotBetweenTwoLineEndsOnly(String wire, String content) {
    SmtpContent read = new SmtpContent(Integer.MAX_VALUE);
    byte[] bytes = (wire + "NOOP").getBytes(ISO_8859_1);

    assertThat(read.take(bytes, 0, bytes.length)).isEqualTo(wire.length());

    assertThat(read.isComplete()).isTrue();
    assertThat(new String(read.kept(), ISO_8859_1)).isEqualTo(content);
    assertThat(read.sizeBytes()).isEqualTo(content.length());
    assertThat(read.wireBytes()).isEqualTo(wire.length());
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsTheSameHoweverItIsCut(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append("..\r\n\nab".charAt(random.nextInt(7)));
      }
      byte[] wire = (text + "\r\n.\r\n").getBytes(ISO_8859_1);
      SmtpContent whole = new SmtpContent(Integer.MAX_VALUE);
      int end = whole.take(wire, 0, wire.length);
      SmtpContent cut = new SmtpContent(Integer.MAX_VALUE);
      int at = 0;
      while (!cut.isComplete()) {
        at = cut.take(wire, at, Math.min(wire.length, at + 1 + random.nextInt(4)));
      }
      assertThat(at).isEqualTo(end);
      assertThat(cut.kept()).isEqualTo(whole.kept());
    }
  }

  @Test
  void keepsNoMoreThanItIsToldAndCountsAll() {
    SmtpContent read = new SmtpContent(4);
    byte[] bytes = "abc\r\ndef\r\n.\r\n".getBytes(ISO_8859_1);

    read.take(bytes, 0, bytes.length);

    assertThat(read.kept()).isEqualTo("abc\r".getBytes(ISO_8859_1));
    assertThat(read.sizeBytes()).isEqualTo(10);
  }
}
