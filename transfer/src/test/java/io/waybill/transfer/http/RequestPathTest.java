package io.waybill.transfer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Location;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {
  static String encoded(String name) throws IOException {
    return RequestPath.encode(name).substring(1);
  }

  @ParameterizedTest
  @CsvSource({
    "a/b c,/a/b%20c",
    "/a,/a",
    "größe 大.bin,/gr%C3%B6%C3%9Fe%20%E5%A4%A7.bin",
    "100%,/100%25",
    "a+b#c,/a%2Bb%23c",
    "x?q=a%2Fb&s=+,/x?q=a%2Fb&s=+",
    "x?a b,/x?a%20b"
  })
  void namesAreEncodedAndQueriesStay(String path, String wanted) throws IOException {
    assertThat(RequestPath.encode(path)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\r\nHost: x", "a\nb", "a\0", "a/../b", "./a", "..", "x?a\rb", "a\ud800"})
  void whatCouldBeReadAsSomethingElseIsNotSent(String path) {
    assertThatThrownBy(() -> RequestPath.encode(path)).isInstanceOf(NotSentException.class);
  }

  @Test
  void everyNameComesBackFromALink() throws IOException {
    for (String name : new String[] {"a b", "größe", "大", "100%25", "a+b", "a;b=c", "…"}) {
      assertThat(RequestPath.decodeName(encoded(name))).isEqualTo(name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a%2Fb",
        "a%2fb",
        "..%2fetc",
        "%2e%2e",
        "%2e",
        "a%00",
        "a%0d%0aX",
        "%zz",
        "%4",
        "%",
        "%ff",
        "a%c2%80",
        ""
      })
  void linkToWhatIsNoNameIsRefused(String link) {
    assertThatThrownBy(() -> RequestPath.decodeName(link))
        .isInstanceOf(HttpProtocolException.class);
  }

  @Test
  void locationKeepsItsQueryAsItWasWritten() {
    Location location = Location.parse("https://h/a%20b/c?sig=x%2By%26z&n=1");
    assertThat(location.path()).isEqualTo("/a b/c?sig=x%2By%26z&n=1");
  }

  @Test
  void queriesAreNotShown() {
    assertThat(RequestPath.shown("/a?token=planted")).isEqualTo("/a?...");
  }
}
