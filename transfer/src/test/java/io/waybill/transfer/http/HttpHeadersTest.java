package io.waybill.transfer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpHeadersTest {
  private static final String EMPTY_SHA256 =
      "sha-256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final String EMPTY_BASE64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

  private static Optional<Digest> told(String name, String value, boolean isWhole) {
    return DigestHeaders.of(HttpHeaders.of(Map.of(name, List.of(value)), (a, b) -> true), isWhole);
  }

  @Test
  void digestIsReadFromWhateverServersCallIt() {
    for (String[] each :
        new String[][] {
          {"Repr-Digest", "sha-256=:" + EMPTY_BASE64 + ":"},
          {"Repr-Digest", "sha-512=:AAAA:, sha-256=:" + EMPTY_BASE64 + ":"},
          {"Digest", "SHA-256=" + EMPTY_BASE64 + ",unixsum=30637"},
          {"x-amz-checksum-sha256", EMPTY_BASE64},
          {"X-Checksum-Sha256", EMPTY_SHA256.substring(8)}
        }) {
      assertThat(told(each[0], each[1], false)).as(each[0]).contains(Digest.parse(EMPTY_SHA256));
    }
  }

  @Test
  void digestOfTheContentCountsOnlyWhereThatIsTheWholeFile() {
    assertThat(told("Content-Digest", "sha-256=:" + EMPTY_BASE64 + ":", true)).isPresent();
    assertThat(told("Content-Digest", "sha-256=:" + EMPTY_BASE64 + ":", false)).isEmpty();
    assertThat(told("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==", true))
        .contains(Digest.parse("md5:d41d8cd98f00b204e9800998ecf8427e"));
    assertThat(told("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==", false)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha-256", "sha-256=:????:", "sha-256=:AAAA:", "crc32=:AAAA:", "=", ""})
  void digestThatCannotBeReadIsNotTold(String value) {
    assertThat(told("Repr-Digest", value, true)).isEmpty();
  }

  @Test
  void digestOfDigestsOfPartsIsNone() {
    assertThat(told("x-amz-checksum-sha256", EMPTY_BASE64 + "-3", true)).isEmpty();
  }

  @Test
  void rangeIsReadStrictly() throws IOException {
    assertThat(ContentRange.parse("bytes 5-9/10")).isEqualTo(new ContentRange(5, 9, 10));
    assertThat(ContentRange.parse("bytes */0").size()).isZero();
    for (String bad :
        List.of(
            "none",
            "bytes 5-9/*",
            "bytes 5-10/10",
            "bytes 9-5/10",
            "bytes=5-9/10",
            "items 5-9/10",
            "bytes 5-9/99999999999999999999",
            "bytes -1-9/10")) {
      assertThatThrownBy(() -> ContentRange.parse(bad))
          .as(bad)
          .isInstanceOf(HttpProtocolException.class);
    }
  }

  @Test
  void lengthsEndAtTwoToThe63() throws IOException {
    assertThat(Reply.number("x", "9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    for (String bad : List.of("9223372036854775808", "-1", "", "1 ", "0x1", "+1")) {
      assertThatThrownBy(() -> Reply.number("x", bad)).isInstanceOf(HttpProtocolException.class);
    }
  }

  @Test
  void dateIsWrittenAsServersWantIt() {
    assertThat(FileRead.date(Instant.parse("2024-06-03T01:02:03Z")))
        .isEqualTo("Mon, 03 Jun 2024 01:02:03 GMT");
  }

  @Test
  void redirectLeavesTlsNever() throws IOException {
    URI from = URI.create("https://h/a/b");
    assertThat(Origin.resolve(from, "../c?x")).isEqualTo(URI.create("https://h/c?x"));
    assertThat(Origin.isSame(from, Origin.resolve(from, "https://H:443/z"))).isTrue();
    assertThat(Origin.isSame(from, Origin.resolve(from, "https://h:444/z"))).isFalse();
    for (String slash : List.of("https://h/a/b/", "http://h/a/b/", "/a/%62/", "b/")) {
      assertThat(Origin.isSlashAdded(from, slash)).as(slash).isTrue();
    }
    for (String other : List.of("https://i/a/b/", "/a/", "/a/b/?x", "/a/b", "a b", "/a/b//")) {
      assertThat(Origin.isSlashAdded(from, other)).as(other).isFalse();
    }
    for (String bad : List.of("http://h/a", "ftp://h/a", "file:///etc/passwd", "a b", "//u:p@h/")) {
      assertThatThrownBy(() -> Origin.resolve(from, bad))
          .as(bad)
          .isInstanceOf(HttpProtocolException.class);
    }
  }

  @Test
  void settingsNeverPrintASecret() {
    HttpSite site =
        HttpSite.builder()
            .host("h")
            .login(HttpLogin.basic(new Credentials("u", () -> "planted-pw")))
            .build();
    HttpLogin token = HttpLogin.bearer(() -> "planted-pw");
    assertThat(site + " " + site.login() + " " + token).doesNotContain("planted-pw");
    assertThat(site.endpoint()).isEqualTo("h:443");
    assertThat(token.header()).isEqualTo("Bearer planted-pw");
  }

  @Test
  void loginInTheClearMustBeAllowed() {
    HttpSite.Builder clear =
        HttpSite.builder().host("h").https(false).login(HttpLogin.bearer(() -> "x"));
    assertThatThrownBy(clear::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allow a login in the clear");
    assertThat(clear.loginInTheClear(true).build().port()).isEqualTo(80);
    assertThat(clear.loginInTheClear(false).host("127.0.0.1").build().isHttps()).isFalse();
  }
}
