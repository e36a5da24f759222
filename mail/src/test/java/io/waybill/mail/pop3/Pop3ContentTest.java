package io.waybill.mail.pop3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Pop3ContentTest {
  private static InputStream wire(String text) {
    return new ByteArrayInputStream(
        text.replace("~", "\r").replace("_", "\n").getBytes(ISO_8859_1));
  }

  private static String shown(byte[] bytes) {
    return new String(bytes, ISO_8859_1).replace("\r", "~").replace("\n", "_");
  }

  @ParameterizedTest
  @CsvSource({
    "a~_.~_, a~_",
    ".~_, ''",
    "..a~_.~_, .a~_",
    "a~_..~_.~_, a~_.~_",
    "a.b~_.~_, a.b~_",
    "a_._, a_",
    "..~_..~_.~_, .~_.~_",
    ".~x~_.~_, ~x~_",
    "a~b~~_.~_, a~b~~_"
  })
  void endsAtTheDotAndTakesOthersBack(String said, String content) throws IOException {
    assertThat(shown(new Pop3Content(wire(said)).readAllBytes())).isEqualTo(content);
  }

  @Test
  void closingReadsToTheEnd() throws IOException {
    InputStream wire = wire("a~_b~_.~_+OK next");
    try (Pop3Content content = new Pop3Content(wire)) {
      assertThat(content.read()).isEqualTo('a');
    }
    assertThat(shown(wire.readAllBytes())).isEqualTo("+OK next");
  }

  @Test
  void anEndInTheMiddleIsNoEnd() {
    assertThatExceptionOfType(EOFException.class)
        .isThrownBy(() -> new Pop3Content(wire("a~_b")).readAllBytes());
  }
}
