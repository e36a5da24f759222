package io.waybill.transfer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Location;
import io.waybill.transfer.WebQuery;
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
    "what?,/what%3F",
    "a?x=1&y/z,/a%3Fx=1&y/z"
  })
  void namesAreEncoded(String path, String wanted) throws IOException {
    assertThat(RequestPath.encode(path)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @CsvSource({"q=a%2Fb&s=+,q=a%2Fb&s=+", "a b,a%20b", "a?b,a?b"})
  void queriesStay(String query, String wanted) throws IOException {
    assertThat(RequestPath.encode(WebQuery.add("x?", query))).isEqualTo("/x%3F?" + wanted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\r\nHost: x",
        "a\nb",
        "a\0",
        "a/../b",
        "./a",
        "..",
        "x\0a\rb",
        "x\0a%2",
        "x\0%zz",
        "a\ud800"
      })
  void whatCouldBeReadAsSomethingElseIsNotSent(String path) {
    assertThatThrownBy(() -> RequestPath.encode(path)).isInstanceOf(NotSentException.class);
  }

  @Test
  void everyNameComesBackFromALink() throws IOException {
    for (String name : new String[] {"a b", "größe", "大", "100%25", "a+b", "a;b=c", "…", "a?b"}) {
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
    assertThat(location.path()).isEqualTo(WebQuery.add("/a b/c", "sig=x%2By%26z&n=1"));
    assertThat(location).hasToString("https://h/a b/c?***");
  }

  @Test
  void queriesAreNotShownAndNamesAre() {
    assertThat(WebQuery.shown(WebQuery.parse("/a?token=planted"))).isEqualTo("/a?***");
    assertThat(WebQuery.shown("/a?b")).isEqualTo("/a?b");
  }
}
