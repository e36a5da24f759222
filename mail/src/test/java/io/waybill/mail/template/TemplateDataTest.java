package io.waybill.mail.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.MailException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TemplateDataTest {
  private static final MailTemplate SHOW = MailTemplate.builder().text("{{#v}}{{.}}{{/v}}").build();

  static Stream<Object> values() {
    return Stream.of(
        "text",
        (byte) 1,
        (short) -2,
        3,
        4L,
        1.5f,
        2.25,
        new BigInteger("123456789012345678901234567890"),
        new BigDecimal("12.50"),
        LocalDate.of(2011, 12, 30),
        Instant.EPOCH,
        Duration.ofMinutes(5),
        Period.ofDays(2),
        DayOfWeek.FRIDAY,
        ZoneId.of("Pacific/Apia"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void showsTextsNumbersAndTimesAsTheyPrint(Object value) {
    assertThat(SHOW.render(Map.of("v", value)).text()).isEqualTo(value.toString());
    assertThat(SHOW.render(Map.of("v", List.of(Optional.of(value)))).text())
        .isEqualTo(value.toString());
  }

  static Stream<Object> strangers() {
    Supplier<String> lambda = () -> "planted";
    return Stream.of(
        new Object(),
        lambda,
        Path.of("planted"),
        CharBuffer.wrap("planted"),
        new AtomicInteger(1),
        Set.of("planted"),
        new int[1],
        new byte[1],
        'c',
        Thread.State.NEW,
        new BigInteger("7") {
          private static final long serialVersionUID = 1;

          @Override
          public String toString() {
            return "planted";
          }
        },
        List.of("x").iterator(),
        Map.entry("k", "planted"),
        String.class);
  }

  @ParameterizedTest
  @MethodSource("strangers")
  void refusesEveryOtherKindOfObject(Object value) {
    Map<String, Object> data = Map.of("steps", Map.of("list", List.of("x", Optional.of(value))));
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> SHOW.render(data))
        .withMessageStartingWith(
            "template data steps.list.1 is a %s: give maps".formatted(value.getClass().getName()))
        .withMessageNotContaining("planted");
  }

  @Test
  void refusesKeysThatAreNoText() {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> SHOW.render(Map.of("v", Map.of(1, "x"))))
        .withMessage("template data v has a key that is not a text");
  }

  @Test
  void showsNoControlsOfAKeyInItsErrors() {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> SHOW.render(Map.of("a\r\nb" + "c".repeat(100), new Object())))
        .withMessageStartingWith("template data a??b" + "c".repeat(36) + "… is a");
  }

  @Test
  void refusesDataThatHoldsItself() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> SHOW.render(Map.of("v", list)))
        .withMessageEndingWith("nests deeper than 32 levels, or holds itself");
    Map<String, Object> map = new HashMap<>();
    map.put("v", map);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> SHOW.render(map))
        .withMessageEndingWith("nests deeper than 32 levels, or holds itself");
  }

  @Test
  void takesThirtyTwoLevelsAndNoMore() {
    assertThat(SHOW.render(Map.of("v", "x", "deep", nested(31))).text()).isEqualTo("x");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> SHOW.render(Map.of("v", "x", "deep", nested(32))));
  }

  private static Object nested(int levels) {
    Object value = "x";
    for (int i = 0; i < levels; i++) {
      value = List.of(value);
    }
    return value;
  }

  @Test
  void refusesMoreThanAMillionValues() {
    Object shared = Collections.nCopies(1000, "x");
    for (int i = 0; i < 3; i++) {
      shared = Collections.nCopies(1000, shared);
    }
    Object many = shared;
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> SHOW.render(Map.of("v", many)))
        .withMessageEndingWith("holds more than 1000000 values in all");
  }

  @Test
  void readsDataOnceSoThatLaterChangesDoNotMatter() {
    List<Object> list = new ArrayList<>(List.of("a"));
    RenderedMail mail = SHOW.render(Map.of("v", list));
    list.add("b");
    assertThat(mail.text()).isEqualTo("a");
  }
}
