package io.waybill.mail.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
  @Test
  void readsTheExampleOfRfc6749() throws MalformedJson {
    JsonObject object =
        parse(
            """
            {
              "access_token":"2YotnFZFEjr1zCsicMWpAA",
              "token_type":"example",
              "expires_in":3600,
              "refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA",
              "example_parameter":"example_value"
            }
            """);
    assertThat(object.string("access_token")).contains("2YotnFZFEjr1zCsicMWpAA");
    assertThat(object.stringOrNumber("expires_in")).contains("3600");
    assertThat(object.string("expires_in")).as("a number is no string").isEmpty();
    assertThat(object.string("missing")).isEmpty();
  }

  @Test
  void readsEveryEscape() throws MalformedJson {
    JsonObject object =
        parse(
            "{\"a\\u0062\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u20aC\\uD83D\\uDE00\u00e9\uD83D\uDE00\"}");
    assertThat(object.string("ab")).contains("\"\\/\b\f\n\r\t\u20AC\uD83D\uDE00\u00e9\uD83D\uDE00");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " \t\r\n{ \"a\" : \"b\" } \t\r\n",
        "{\"a\":{\"a\":[{},[],1,-0.5e+3,\"x\",true,false,null,{\"b\":{\"b\":0}}]}}",
        "{\"a\":0,\"b\":-0,\"c\":1.5,\"d\":1E5,\"e\":1e-5,\"f\":10}",
        "{\"\":null}"
      })
  void takesWhatIsJson(String json) throws MalformedJson {
    parse(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "\"x\"",
        "1",
        "{",
        "}",
        "{}{}",
        "{} x",
        "{}\0",
        "\0{}",
        "\uFEFF{}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1;\"b\":2}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":'b'}",
        "{\"a\":\"b}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u12G4\"}",
        "{\"a\":\"\\u\u0661\u0661\u0661\u0661\"}",
        "{\"a\":\u0661}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":-}",
        "{\"a\":- 1}",
        "{\"a\":1e}",
        "{\"a\":1 e5}",
        "{\"a\":0x10}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":tru}",
        "{\"a\":trues}",
        "{\"a\":True}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\":[1}",
        "{\"a\":{]}",
        "{\"a\":{1:2}}",
        "{\"a\":1/*x*/}",
        "{\"a\":1}//x",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":[]}"
      })
  void refusesWhatIsNot(String json) {
    assertThatThrownBy(() -> parse(json)).isInstanceOf(MalformedJson.class);
  }

  @Test
  void refusesWhatIsNotUtf8() {
    assertThatThrownBy(() -> JsonObject.parse(new byte[] {'{', '"', (byte) 0xC3, '"', '}'}))
        .isInstanceOf(MalformedJson.class);
  }

  @Test
  void nestsAsDeepAsTheBoundAndNoDeeper() throws MalformedJson {
    int inner = JsonObject.MAX_DEPTH - 1;
    parse("{\"a\":" + "[".repeat(inner) + "]".repeat(inner) + "}");
    parse("{\"a\":" + "{\"b\":".repeat(inner) + "1" + "}".repeat(inner) + "}");
    for (int levels : new int[] {inner + 1, 60_000}) {
      assertThatThrownBy(() -> parse("{\"a\":" + "[".repeat(levels) + "]".repeat(levels) + "}"))
          .isInstanceOf(MalformedJson.class)
          .hasMessageContaining("levels");
    }
  }

  @Test
  void itsErrorsSayWhereAndNotWhat() {
    assertThatThrownBy(() -> parse("{\"access_token\":\"secret\",\"secret\":secret}"))
        .isInstanceOf(MalformedJson.class)
        .hasMessageContaining("position 34")
        .hasMessageNotContaining("secret");
  }

  /** Objects whose members are known, written in as many ways as the grammar has. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void readsBackWhatWasWritten(long seed) throws MalformedJson {
    for (int round = 0; round < 100; round++) {
      RandomJson json = new RandomJson(new Random(seed * 1000 + round));
      String text = json.object();
      JsonObject object = parse(text);
      json.strings.forEach((name, value) -> assertThat(object.string(name)).contains(value));
      json.numbers.forEach(
          (name, value) -> assertThat(object.stringOrNumber(name)).contains(value));
      json.nested.forEach((name, value) -> assertThat(object.stringOrNumber(name)).isEmpty());
    }
  }

  /** No true beginning of an object is one, and damage is refused or read, never more. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {11, 12, 13, 14, 15})
  void cutOrDamagedTextDoesNoHarm(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      byte[] whole = new RandomJson(random).object().strip().getBytes(UTF_8);
      byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length));
      assertThatThrownBy(() -> JsonObject.parse(cut)).isInstanceOf(MalformedJson.class);
      byte[] damaged = whole.clone();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        JsonObject.parse(damaged);
      } catch (MalformedJson e) {
        assertThat(e).hasMessageContaining("position");
      }
    }
  }

  private static JsonObject parse(String json) throws MalformedJson {
    return JsonObject.parse(json.getBytes(UTF_8));
  }

  private static final class RandomJson {
    private static final String[] BLANKS = {"", "", " ", "\t", "\r\n", "  "};
    private static final String[] NUMBERS = {
      "0", "-0", "3600", "-17", "1.25", "1e9", "2E+3", "4.5e-6"
    };

    private final Random random;
    private final Map<String, String> strings = new LinkedHashMap<>();
    private final Map<String, String> numbers = new LinkedHashMap<>();
    private final Map<String, String> nested = new LinkedHashMap<>();

    RandomJson(Random random) {
      this.random = random;
    }

    String object() {
      StringBuilder text = new StringBuilder(blank()).append('{').append(blank());
      int members = random.nextInt(6);
      for (int i = 0; i < members; i++) {
        String name = i + characters();
        text.append(i == 0 ? "" : blank() + "," + blank()).append(quoted(name));
        text.append(blank()).append(':').append(blank()).append(member(name));
      }
      return text.append(blank()).append('}').append(blank()).toString();
    }

    private String member(String name) {
      switch (random.nextInt(3)) {
        case 0 -> {
          strings.put(name, characters());
          return quoted(strings.get(name));
        }
        case 1 -> {
          numbers.put(name, NUMBERS[random.nextInt(NUMBERS.length)]);
          return numbers.get(name);
        }
        default -> {
          nested.put(name, "");
          return noise(random.nextInt(6));
        }
      }
    }

    private String noise(int depth) {
      String inner = depth == 0 ? "null" : noise(depth - 1);
      return switch (random.nextInt(4)) {
        case 0 -> "[" + blank() + inner + blank() + "," + inner + "]";
        case 1 -> "{" + quoted(characters()) + blank() + ":" + inner + blank() + "}";
        case 2 -> random.nextBoolean() ? "[" + blank() + "]" : "{" + blank() + "}";
        default -> random.nextBoolean() ? "true" : "false";
      };
    }

    private String characters() {
      int[] some = {'a', '"', '\\', '/', '\n', 0x1F, 0x7F, 0xE9, 0x20AC, 0x1F600, '{', ',', ' '};
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(8); i > 0; i--) {
        text.appendCodePoint(some[random.nextInt(some.length)]);
      }
      return text.toString();
    }

    private String quoted(String text) {
      StringBuilder quoted = new StringBuilder("\"");
      text.codePoints()
          .forEach(
              c -> {
                if (c < ' ' || random.nextInt(4) == 0) {
                  for (char half : Character.toChars(c)) {
                    quoted.append("\\u%04x".formatted((int) half));
                  }
                } else if (c == '"' || c == '\\') {
                  quoted.append('\\').append((char) c);
                } else {
                  quoted.appendCodePoint(c);
                }
              });
      return quoted.append('"').toString();
    }

    private String blank() {
      return BLANKS[random.nextInt(BLANKS.length)];
    }
  }
}
