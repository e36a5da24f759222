package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.Connection.WebLogin;
import io.waybill.jobs.step.HttpRequestStep.Body;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every key of {@code http.request} once as written and once left out, and what is refused. */
class HttpRequestKeysTest {
  @TempDir Path directory;

  private HttpRequestStep step(String keys) {
    return new OneStepFile(directory)
        .bind("{ http.request: { " + keys + " } }", "x", HttpRequestStep.class);
  }

  @Test
  void whatIsNotSaidIsAsUsual() {
    HttpRequestStep step = step("url: 'https://a.example/b?c=d'");

    HttpTarget.At at = step.target().find();
    assertThat(at.address()).hasToString("https://a.example/b?c=d");
    assertThat(at.shown()).isEqualTo("https://a.example/b");
    assertThat(at.site().port()).isEqualTo(443);
    assertThat(at.site().trust()).isEqualTo(new Trust.Public());
    assertThat(at.site().login()).isEmpty();
    assertThat(at.site().line().proxy()).isEmpty();
    assertThat(step.target().redirects()).isEqualTo(5);
    assertThat(step.request().method()).isEqualTo("GET");
    assertThat(step.request().body()).isEqualTo(new Body.Nothing());
    assertThat(step.answer().expects(204)).isTrue();
    assertThat(step.answer().expects(302)).isFalse();
    assertThat(step.answer().mostBytes()).isEqualTo(1 << 20);
    assertThat(step.patience())
        .isEqualTo(new HttpRequestStep.Patience(Duration.ofSeconds(10), Duration.ofMinutes(1)));
  }

  @Test
  void everyKey() {
    HttpRequestStep step =
        step(
            """
            url: 'http://127.0.0.1:8080/${params.p}', method: POST, headers: { A: '${vars.v}' },
            secret-headers: { B: '${secrets.s}' }, body: t, user: u, password: '${secrets.s}',
            proxy: 'socks5://p:1080', proxy-user: q, proxy-password: '${secrets.s}', redirects: 0,
            expect: { status: [201, 202] }, max-size: 2MiB, connect-timeout: 1s, reply-timeout: 2s,
            extract: { x: { json-pointer: /a }, y: { css: a, attribute: href } }\
            """);

    HttpTarget.At at = step.target().find();
    assertThat(at.address()).hasToString("http://127.0.0.1:8080/x");
    assertThat(at.site().trust()).isEqualTo(new Trust.Plaintext());
    assertThat(at.site().login()).containsInstanceOf(WebLogin.Basic.class);
    assertThat(at.site().line().proxy().orElseThrow().login()).isPresent();
    assertThat(step.target().redirects()).isZero();
    assertThat(step.request().headers()).containsEntry("A", "of the file");
    assertThat(step.request().secretHeaders()).containsOnlyKeys("B");
    assertThat(step.request().body()).isEqualTo(new Body.Text("t", "text/plain; charset=utf-8"));
    assertThat(step.answer().expected()).isEqualTo(Set.of(201, 202));
    assertThat(step.answer().mostBytes()).isEqualTo(2 << 20);
    assertThat(step.answer().extract()).containsOnlyKeys("x", "y");
    assertThat(step.patience())
        .isEqualTo(new HttpRequestStep.Patience(Duration.ofSeconds(1), Duration.ofSeconds(2)));
    assertThat(step.toString()).doesNotContain("hush-hush");
  }

  @Test
  void whereItGoesAndWhereTheAnswerIsPut() {
    assertThat(step("url: 'site:/a?b=c'").target().find().address())
        .hasToString("https://site.example/a?b=c");
    HttpRequestStep saved = step("url: 'https://[::1]:8443/', save-to: a/b, token: '${secrets.s}'");
    assertThat(saved.target().find().site().host()).isEqualTo("::1");
    assertThat(saved.target().find().site().login()).containsInstanceOf(WebLogin.Bearer.class);
    assertThat(saved.answer().file()).isEqualTo(Optional.of(directory.resolve("a/b")));
    assertThat(saved.answer().mostBytes()).isEqualTo(1 << 30);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, '', true",
    "PUT, '', true",
    "DELETE, '', true",
    "POST, '', false",
    "PATCH, '', false",
    "POST, ', retry: safe', true",
    "PUT, ', retry: unsafe', false",
    "POST, ', headers: { idempotency-key: k }', true"
  })
  void whatMayBeSentTwice(String method, String more, boolean isRepeatable) {
    assertThat(step("url: 'https://a.example/', method: " + method + more).request().isRepeatable())
        .isEqualTo(isRepeatable);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          method: GET                                        | "url" is missing
          url: 'https://u:p@a.example/'                      | "url" holds a password in a URI
          url: 'https://u@a.example/'                        | has a login in it
          url: 'ftp://a.example/'                            | write https://HOST/PATH
          url: 'https://a.example/#x'                        | has a "#"
          url: 'https://a.example/a b'                       | a blank is %20 there
          url: 'box:/a'                                      | connection "box" is not of type https or http
          url: 'nowhere:/a'                                  | "nowhere"
          url: 'site:/a', user: u, password: '${secrets.s}'  | "user" stands beside connection "site"
          url: 'https://a/', url-secret: '${secrets.s}'      | "url-secret" stands beside "url"
          url: 'https://a/', password: '${secrets.s}'        | belong together: write both
          url: 'https://a/', user: u, password: p            | "password" takes no value in this file
          url: 'https://a/', body: x                         | a GET has no content
          url: 'https://a/', method: POST, body: x, form: { a: b } | "form" stands beside "body"
          url: 'https://a/', method: get                     | must be one of GET, HEAD
          url: 'https://a/', headers: { Host: b }            | "headers" sets Host, which is set by itself
          url: 'https://a/', headers: { 'a b': c }           | is no name of a header
          url: 'https://a/', headers: { a: 'é' }             | holds characters that no header can
          url: 'https://a/', headers: { Authorization: b }   | which is a secret
          url: 'https://a/', headers: { A: '${secrets.s}' }  | a secret may stand only in a key that is made for one
          url: 'http://a/', pin: 'sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' | "pin" is for https
          url: 'https://a/', pin: 'x'                        | "pin":
          url: 'https://a/', pin: 'sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU', ca: y | a pin needs no authority
          url: 'https://a/', proxy: 'p:1'                    | "proxy" is not a proxy's address
          url: 'https://a/', proxy-user: u                   | belong together, and to "proxy"
          url: 'https://a/', redirects: 21                   | "redirects" is from 0 to 20
          url: 'https://a/', expect: { status: 99 }          | statuses are from 200 to 599
          url: 'https://a/', max-size: 1GiB                  | write "save-to" for a longer one
          url: 'https://a/', save-to: a, extract: { b: { css: c } } | "save-to" puts it into a file
          url: 'https://a/', extract: { b: {} }              | "b" needs "json-pointer", or "css"
          url: 'https://a/', extract: { b: { css: '[' } }    | not a CSS selector: "["
          url: 'https://a/', extract: { status: { css: a } } | is an output of its own
          """)
  void whatIsRefusedAtLoad(String keys, String why) {
    assertThat(new OneStepFile(directory).problems("{ http.request: { " + keys + " } }"))
        .singleElement()
        .asString()
        .contains(why.strip());
  }
}
