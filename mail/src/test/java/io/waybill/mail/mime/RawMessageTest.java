package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.MailException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawMessageTest {
  private static RawMessage open(String message) throws IOException {
    return RawMessage.open(() -> new ByteArrayInputStream(message.getBytes(ISO_8859_1)));
  }

  private static String read(String message) throws IOException {
    try (RawMessage raw = open(message)) {
      StringBuilder all = new StringBuilder();
      raw.fields().forEach(field -> all.append(field.text()));
      return all + "|" + new String(raw.body().readAllBytes(), ISO_8859_1);
    }
  }

  @Test
  void keepsEveryByteOfFieldsAndBody() throws IOException {
    String utf8 = new String("Größe".getBytes(UTF_8), ISO_8859_1);
    String header = "Subject : a\r\n\t b  \r\nX-A:\r\nX-B: " + utf8 + "\r\n";
    assertThat(read(header + "\r\nbody \r\n\r\nno end")).isEqualTo(header + "|body \r\n\r\nno end");
  }

  @Test
  void readsNamesWithoutWhatPrecedesTheColon() throws IOException {
    try (RawMessage raw = open("Subject \t: x: y\r\n\r\n")) {
      RawField field = raw.fields().get(0);
      assertThat(field.name()).isEqualTo("Subject");
      assertThat(field.value()).isEqualTo(" x: y\r\n");
      assertThat(field.isNamed("SUBJECT")).isTrue();
      assertThat(field.startsWith("SUB")).isTrue();
      assertThat(field.startsWith("Subjects")).isFalse();
    }
  }

  @Test
  void aMessageMayEndWithItsHeader() throws IOException {
    assertThat(read("A: b\r\n")).isEqualTo("A: b\r\n|");
    assertThat(read("A: b\r\n\r\n")).isEqualTo("A: b\r\n|");
    assertThat(read("\r\nbody")).isEqualTo("|body");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A: b\n\r\n",
        "A: b\r\r\n\r\n",
        "A: b",
        "A: b\r",
        "no field\r\n\r\n",
        ": nameless\r\n\r\n",
        "two words: x\r\n\r\n",
        " folded: x\r\n\r\n",
        "A: b\r\n\r\nbare\nLF",
        "A: b\r\n\r\nbare\rCR",
        "A: b\r\n\r\nCR at the end\r",
        "A: b\r\n\r\n\n",
        "N\u00e4me: x\r\n\r\n",
      })
  void refusesWhatAServerOnTheWayWouldMend(String message) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> read(message))
        .withMessageStartingWith("message cannot be sealed");
  }

  @Test
  void noticesALoneLineEndAcrossReads() throws IOException {
    try (RawMessage raw = open("A: b\r\n\r\nx\r\ny\r")) {
      byte[] one = new byte[1];
      for (int i = 0; i < 5; i++) {
        assertThat(raw.body().read(one)).isEqualTo(1);
      }
      assertThatExceptionOfType(MailException.InvalidMessage.class)
          .isThrownBy(() -> raw.body().read(one));
    }
  }

  @Test
  void refusesAHeaderThatWouldFillTheMemory() {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> read("A: " + "x".repeat(1024 * 1024) + "\r\n\r\n"))
        .withMessageContaining("1048576 bytes");
  }

  @Test
  void closesTheContentItRefuses() {
    AtomicBoolean closed = new AtomicBoolean();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(
            () ->
                RawMessage.open(
                    () ->
                        new ByteArrayInputStream("x\r\n".getBytes(ISO_8859_1)) {
                          @Override
                          public void close() {
                            closed.set(true);
                          }
                        }));
    assertThat(closed).isTrue();
  }
}
