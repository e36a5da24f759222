package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotedPrintableInputTest {
  private final AtomicInteger complaints = new AtomicInteger();

  private String decode(String text) throws IOException {
    InputStream in = new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    return new String(decoder(in).readAllBytes(), ISO_8859_1);
  }

  private QuotedPrintableInput decoder(InputStream in) {
    return new QuotedPrintableInput(in, complaints::incrementAndGet);
  }

  /** {@code R}, {@code N} and {@code _} are CR, LF and a blank. */
  @ParameterizedTest
  @CsvSource({
    "a=3Db=e9, a=b\u00e9, 0",
    "aRNbNc, aRNbRNc, 0",
    "a=RNb=Nc, abc, 0",
    "a=__RNb, ab, 0",
    "a__RNb_, aRNb, 0",
    "a__b, a__b, 0",
    "a_=RNb, a_b, 0",
    "aRb, aRb, 0",
    "a=Rb, ab, 0",
    "a=XYb, a=XYb, 1",
    "a==3D, a==, 1",
    "a=3, a=3, 1",
    "a=, a=, 1",
    "a=_b, a=_b, 1",
    "=_3D, =_3D, 1",
    "'', '', 0"
  })
  void whatIsNoCodeStaysAsItIs(String text, String expected, int expectedComplaints)
      throws IOException {
    assertThat(decode(plain(text))).isEqualTo(plain(expected));
    assertThat(complaints).hasValue(expectedComplaints);
  }

  private static String plain(String text) {
    return text.replace('_', ' ').replace('R', '\r').replace('N', '\n');
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatWasEncodedComesBackWhereverItIsCut(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] expected = new byte[30_000];
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (byte) (random.nextBoolean() ? ' ' : random.nextInt(256));
      boolean isPlain = expected[i] >= ' ' && expected[i] <= '~' && expected[i] != '=';
      encoded.writeBytes(
          (isPlain ? "" + (char) expected[i] : "=%02X".formatted(expected[i]))
              .getBytes(ISO_8859_1));
      if (random.nextInt(50) == 0) {
        encoded.writeBytes("=\r\n".getBytes(ISO_8859_1));
      }
    }
    encoded.write('='); // a blank at the very end would be left out
    encoded.write('\n');
    InputStream pieces =
        new ByteArrayInputStream(encoded.toByteArray()) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(length, 1 + random.nextInt(9)));
          }
        };
    assertThat(decoder(pieces).readAllBytes()).isEqualTo(expected);
    assertThat(complaints).hasValue(0);
  }

  @Test
  @Timeout(5)
  void aMillionBlanksCostNoMoreThanOtherBytes() throws IOException {
    String blanks = " ".repeat(1_000_000);
    assertThat(decode(blanks + "x")).isEqualTo(blanks + "x");
    assertThat(decode(blanks + "\r".repeat(1_000_000)).strip()).isEmpty();
    assertThat(decode(blanks + "=ZZ".repeat(300_000))).hasSize(1_900_000);
  }
}
