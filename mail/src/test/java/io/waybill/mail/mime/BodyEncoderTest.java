package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Random;
import org.apache.james.mime4j.codec.QuotedPrintableInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyEncoderTest {
  private static String encode(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BodyEncoder.text(text).writeTo(out);
    return out.toString(US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({"a, 7bit", "ü and some words, quoted-printable", "üüü, base64"})
  void choosesTheMostReadable(String text, String encoding) {
    assertThat(BodyEncoder.text(text).encoding()).isEqualTo(encoding);
  }

  @Test
  void linesOf78StandAsTheyAreAndLongerOnesDoNot() {
    assertThat(BodyEncoder.text("w".repeat(78)).encoding()).isEqualTo("7bit");
    assertThat(BodyEncoder.text("w".repeat(79)).encoding()).isEqualTo("quoted-printable");
    assertThat(BodyEncoder.text("a\r\n" + "w".repeat(79) + "\r\nb").encoding())
        .isEqualTo("quoted-printable");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "\r",
        "\r\n",
        "a",
        "a\n",
        "a\r",
        "a\r\n",
        "\na",
        "\ra",
        "\r\ra",
        "\n\n",
        "\n\ra",
        "a\r\n\r\nb",
        "a\n\r\nb\r\r\nc",
        "ü\rb",
        "a \n b",
        "\t\n",
        "=\n."
      })
  void everyLineEndBecomesCrlfTheLastOneToo(String text) throws IOException {
    String expected = text.replace("\r\n", "\n").replace('\r', '\n').replace("\n", "\r\n");
    if (!expected.isEmpty() && !expected.endsWith("\r\n")) {
      expected += "\r\n";
    }
    assertThat(decode(BodyEncoder.text(text).encoding(), encode(text))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void whatIsEncodedIsReadAgainAndItsLinesAreShort(long seed) throws IOException {
    Random random = new Random(seed);
    int[] alphabet = "abc  \t=.\r\n\n-ü日😀\u0001".codePoints().toArray();
    int foreign = random.nextInt(alphabet.length);
    for (int i = 0; i < 50; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(2000); j > 0; j--) {
        int most = random.nextInt(10) == 0 ? alphabet.length : Math.max(1, foreign);
        text.appendCodePoint(alphabet[random.nextInt(most)]);
      }
      String encoded = encode(text.toString());
      String lines = text.toString().replace("\r\n", "\n").replace('\r', '\n');
      String end = lines.isEmpty() || lines.endsWith("\n") ? "" : "\n";
      assertThat(decode(BodyEncoder.text(text.toString()).encoding(), encoded))
          .as("seed %d round %d", seed, i)
          .isEqualTo((lines + end).replace("\n", "\r\n"));
      assertThat(encoded.split("\r\n", -1))
          .allMatch(line -> line.length() <= 78 && line.matches("[\t -~]*"));
    }
  }

  private static String decode(String encoding, String text) throws IOException {
    byte[] bytes = text.getBytes(US_ASCII);
    return switch (encoding) {
      case "7bit" -> text;
      case "base64" -> new String(Base64.getMimeDecoder().decode(bytes), UTF_8);
      default -> {
        try (QuotedPrintableInputStream in =
            new QuotedPrintableInputStream(new ByteArrayInputStream(bytes))) {
          yield new String(in.readAllBytes(), UTF_8);
        }
      }
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 56, 57, 58, 57 * 1024 - 1, 57 * 1024, 57 * 1024 + 1, 200_000})
  void filesAreLinesOf76WithoutASeam(int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BodyEncoder.writeBase64(new ByteArrayInputStream(bytes), out);
    String whole = Base64.getMimeEncoder(76, new byte[] {'\r', '\n'}).encodeToString(bytes);
    assertThat(out.toString(US_ASCII)).isEqualTo(whole + (size == 0 ? "" : "\r\n"));
  }
}
