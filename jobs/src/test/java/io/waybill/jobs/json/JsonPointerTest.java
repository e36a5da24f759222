package io.waybill.jobs.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.jobs.JobException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6901, and what becomes of a value. */
class JsonPointerTest {
  private static final String DOCUMENT =
      """
      { "a": { "b": [1, 2.5, true, "x", null] }, "": "empty", "c/d": "slash", "e~f": "tilde",
        "n": null, "big": 123456789012345678901234567890, "0": "zero" }
      """;

  private static Object at(String pointer) {
    return JsonPointer.parse(pointer).find(DOCUMENT).orElseThrow();
  }

  @Test
  void leadsToValuesOfEveryKind() {
    assertThat(at("/a/b/0")).isEqualTo(1L);
    assertThat(at("/a/b/1")).isEqualTo(2.5);
    assertThat(at("/a/b/2")).isEqualTo(true);
    assertThat(at("/a/b/3")).isEqualTo("x");
    assertThat(at("/a/b")).isEqualTo(List.of(1L, 2.5, true, "x", ""));
    assertThat(at("/a")).isEqualTo(Map.of("b", List.of(1L, 2.5, true, "x", "")));
    assertThat(at("/")).isEqualTo("empty");
    assertThat(at("/c~1d")).isEqualTo("slash");
    assertThat(at("/e~0f")).isEqualTo("tilde");
    assertThat(at("/big")).isEqualTo("123456789012345678901234567890");
    assertThat(at("/0")).isEqualTo("zero");
    assertThat(JsonPointer.parse("").find("[1]")).contains(List.of(1L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/n", "/x", "/a/b/5", "/a/b/-", "/a/b/01", "/a/b/0/x", "/a/b/4"})
  void leadsNowhere(String pointer) {
    assertThat(JsonPointer.parse(pointer).find(DOCUMENT)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "/a~", "/a~2", "#/a"})
  void isRefused(String pointer) {
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> JsonPointer.parse(pointer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "{", "{\"a\": }"})
  void whatIsNoJsonIsSaidToBeNone(String text) {
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> JsonPointer.parse("/a").find(text));
  }
}
