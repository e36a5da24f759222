package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.Address;
import io.waybill.mail.MailException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderWriterTest {
  private static String bytes(HeaderWriter writer) {
    return new String(writer.toBytes(), UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "Joe, Joe <j@example.org>",
    "Joe Doe, Joe Doe <j@example.org>",
    "'Doe, Joe', '\"Doe, Joe\" <j@example.org>'",
    "J. Doe, '\"J. Doe\" <j@example.org>'",
    "a\\b, '\"a\\\\b\" <j@example.org>'",
    "Zoë, =?UTF-8?B?Wm/Dqw==?= <j@example.org>",
    "=?x, =?UTF-8?B?PT94?= <j@example.org>",
  })
  void namesArePhrases(String name, String written) {
    HeaderWriter writer =
        new HeaderWriter().addresses("To", List.of(Address.of(name, "j@example.org")));
    assertThat(bytes(writer)).isEqualTo("To: " + written + "\r\n\r\n");
  }

  @Test
  void subjectsEncodeWordsTooLongForALineAndOtherFieldsKeepThem() {
    String token = "t".repeat(200);
    String written = bytes(new HeaderWriter().text("Subject", token).value("X-Token", token));
    assertThat(written.lines().filter(line -> line.length() > 78)).hasSize(1);
    assertThat(written)
        .contains("\r\nX-Token: " + token + "\r\n")
        .startsWith("Subject: =?UTF-8?B?");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void noLineIsBlankOrLongAndUnfoldingGivesTheAddresses(long seed) {
    Random random = new Random(seed);
    List<Address> addresses = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String local = "a".repeat(1 + random.nextInt(50));
      String name = random.nextBoolean() ? "N".repeat(1 + random.nextInt(60)) + " x" : null;
      addresses.add(Address.of(name, local + "@example.org"));
    }
    String written = bytes(new HeaderWriter().addresses("Cc", addresses));
    assertThat(written.substring(0, written.length() - 2).lines())
        .as("seed %d", seed)
        .allMatch(line -> !line.isBlank() && line.length() <= 78);
    HeaderReader reader = new HeaderReader(MimeLimits.defaults(), defect -> {});
    assertThat(reader.addresses("cc", written.substring(3).replace("\r\n", "")))
        .isEqualTo(addresses);
  }

  @Test
  void fieldsAreBoundedInCountAndBytes() {
    HeaderWriter many = new HeaderWriter();
    for (int i = 0; i <= HeaderWriter.MAX_FIELDS; i++) {
      many.structured("X", "1");
    }
    assertThatExceptionOfType(MailException.InvalidMessage.class).isThrownBy(many::toBytes);
    HeaderWriter large = new HeaderWriter();
    for (int i = 0; i < 300; i++) {
      large.structured("X", "1".repeat(900));
    }
    assertThatExceptionOfType(MailException.InvalidMessage.class).isThrownBy(large::toBytes);
  }
}
