package io.waybill;

import static io.waybill.WebFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Plain;
import io.waybill.testkit.Script;
import io.waybill.testkit.ScriptedServer;
import io.waybill.testkit.ServerCertificate;
import io.waybill.transfer.tcp.tls.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code http.request} in a job file, with real sockets. */
@Timeout(120)
class HttpRequestIT {
  private static final String SECRET = "planted-http-77c1";

  @TempDir Path directory;

  private final WebFixture web = WebFixture.start();
  private final WebFixture other = WebFixture.start();

  @AfterEach
  void stop() {
    web.close();
    other.close();
  }

  private JobFileRun run(String keys) throws IOException {
    return steps("{ id: a, http.request: { " + keys + " } }");
  }

  private JobFileRun steps(String steps) throws IOException {
    return JobFileRun.of(
        directory,
        Map.of("S", SECRET, "U", web.url() + "/hook/" + SECRET + "?k=v"),
        """
        secrets: { s: { env: S }, u: { env: U } }
        connections: { site: { type: http, host: 127.0.0.1, port: %d, user: me, password: "${secrets.s}" } }
        jobs: { j: { retry: { attempts: 2, delay: 1ms }, steps: [ %s ] } }
        """
            .formatted(web.port(), steps));
  }

  @Test
  void anAnswerIsAnOutput() throws IOException {
    web.at("/a", status(200, "été", "Content-Type", "text/plain; charset=utf-8"));

    JobFileRun run = run("url: '" + web.url() + "/a?x=1'");

    assertThat(run.code()).isZero();
    assertThat(run.outputs())
        .containsEntry("status", 200L)
        .containsEntry("body", "été")
        .containsEntry("size", 5L)
        .containsEntry("url", web.url() + "/a?x=1");
    assertThat(web.asked()).singleElement().extracting(WebFixture.Asked::uri).isEqualTo("/a?x=1");
  }

  @Test
  void whatIsSentIsWhatWasWritten() throws IOException {
    web.at("/a", status(201, ""));
    Files.writeString(directory.resolve("order.xml"), "<order/>");

    run(
        "url: '%s/a', method: POST, body: 'hello, été', headers: { X-Run: '${run.job}' }"
            .formatted(web.url()));
    run("url: '%s/a', method: POST, form: { a: 'b c', d: '&' }".formatted(web.url()));
    run(
        "url: '%s/a', method: PUT, body-file: order.xml, headers: { content-type: text/xml }"
            .formatted(web.url()));

    assertThat(web.asked())
        .extracting(WebFixture.Asked::body)
        .containsExactly("hello, été", "a=b+c&d=%26", "<order/>");
    assertThat(web.asked().get(0).header("X-Run")).isEqualTo("j");
    assertThat(web.asked())
        .extracting(asked -> asked.header("Content-Type"))
        .containsExactly(
            "text/plain; charset=utf-8", "application/x-www-form-urlencoded", "text/xml");
    assertThat(run("url: '%s/a', method: PUT, body-file: no.xml".formatted(web.url())).code())
        .isEqualTo(3);
  }

  @Test
  void valuesAreReadFromJsonAndFromPages() throws IOException {
    web.at(
        "/json", status(200, "{\"orders\":[{\"number\":7}]}", "Content-Type", "application/json"));
    web.at(
        "/page",
        status(
            200,
            "<p>a<p class=x>second <b>one</b><a href='/z'>z</a>",
            "Content-Type",
            "text/html"));

    JobFileRun run =
        steps(
            """
            { id: a, http.request: { url: '%1$s/json', extract: { number: { json-pointer: /orders/0/number } } } },
            { id: b, http.request: { url: '%1$s/page', extract: { text: { css: p.x }, link: { css: a, attribute: 'abs:href' } } } },
            { exec: { command: [echo, '${steps.a.number} ${steps.b.text} ${steps.b.link}'] } }
            """
                .formatted(web.url()));

    assertThat(run.outputs(2)).containsEntry("stdout", "7 second onez " + web.url() + "/z");
    assertThat(run("url: '%s/page', extract: { t: { css: h1 } }".formatted(web.url())).message())
        .contains("nothing in the answer of " + web.url() + "/page is \"h1\"");
    assertThat(
            run("url: '%s/page', extract: { t: { json-pointer: /a } }".formatted(web.url()))
                .message())
        .contains("as that is not JSON; it begins with: a second one");
  }

  @Test
  void loginsAreSentAndShownNowhere() throws IOException {
    web.at("/a", status(200, SECRET));

    JobFileRun basic = run("url: '%s/a', user: me, password: '${secrets.s}'".formatted(web.url()));
    run("url: '%s/a', token: '${secrets.s}'".formatted(web.url()));
    run("url: '%s/a', secret-headers: { X-Api-Key: '${secrets.s}' }".formatted(web.url()));
    run("url: 'site:/a?b=c'");

    assertThat(web.asked())
        .extracting(asked -> asked.header("Authorization"))
        .containsExactly(
            "Basic bWU6cGxhbnRlZC1odHRwLTc3YzE=",
            "Bearer " + SECRET,
            "",
            "Basic bWU6cGxhbnRlZC1odHRwLTc3YzE=");
    assertThat(web.asked().get(2).header("X-Api-Key")).isEqualTo(SECRET);
    assertThat(web.asked().get(3).uri()).isEqualTo("/a?b=c");
    assertThat(basic.outputs()).containsEntry("body", "***");
    assertThat(basic.log()).doesNotContain(SECRET);
  }

  @Test
  void aSecretAddressIsShownNowhere() throws IOException {
    web.at("/hook/" + SECRET, status(404, ""));

    JobFileRun run = run("url-secret: '${secrets.u}', method: POST, body: x");

    assertThat(run.code()).isEqualTo(3);
    assertThat(web.asked())
        .singleElement()
        .extracting(WebFixture.Asked::uri)
        .isEqualTo("/hook/" + SECRET + "?k=v");
    assertThat(run.form().toString()).doesNotContain(SECRET);
    assertThat(run.log()).doesNotContain(SECRET);
  }

  @Test
  void aRedirectTakesNothingSecretElsewhere() throws IOException {
    web.at("/a", status(302, "", "Location", other.url() + "/b"));
    web.at("/here", status(302, "", "Location", "/there"));
    web.at("/there", status(200, "there"));
    web.at("/post", status(307, "", "Location", other.url() + "/b"));
    web.at("/loop", status(302, "", "Location", "/loop"));
    other.at("/b", status(200, "b"));

    JobFileRun away =
        run(
            "url: '%s/a', token: '${secrets.s}', headers: { X-Mine: m }, secret-headers: { X-Api-Key: '${secrets.s}' }"
                .formatted(web.url()));
    run("url: '%s/here', token: '${secrets.s}'".formatted(web.url()));

    assertThat(away.outputs()).containsEntry("body", "b").containsEntry("url", other.url() + "/b");
    WebFixture.Asked there = other.asked().get(0);
    assertThat(
            List.of(
                there.header("Authorization"), there.header("X-Mine"), there.header("X-Api-Key")))
        .containsOnly("");
    assertThat(web.asked().get(2).header("Authorization")).isEqualTo("Bearer " + SECRET);
    JobFileRun post =
        run("url: '%s/post', method: POST, body: x, retry: safe".formatted(web.url()));
    assertThat(post.message())
        .contains("It redirects the request with its content to another server, " + other.url());
    assertThat(other.asked()).hasSize(1);
    assertThat(run("url: '%s/loop'".formatted(web.url())).message())
        .contains("redirects more than 5 times");
    assertThat(
            run("url: '%s/here', redirects: 0, expect: { status: 302 }".formatted(web.url()))
                .outputs())
        .containsEntry("status", 302L);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  500, 6, 2", "GET,  503, 6, 2", "GET,  429, 6, 2", "GET, 404, 3, 1", "GET, 401, 5, 1",
        "GET, 400, 11, 1",
    "PUT,  502, 6, 2", "POST, 500, 13, 1", "POST, 504, 13, 1", "POST, 503, 6, 2", "POST, 429, 6, 2",
        "POST, 422, 11, 1",
    "GET, 204, 0, 1", "GET, 304, 11, 1"
  })
  void statusesDecideAboutTheRetry(String method, int status, int code, int attempts)
      throws IOException {
    web.at("/a", status(status, status == 204 || status == 304 ? "" : "<h1>no</h1>  because"));

    JobFileRun run = run("url: '%s/a', method: %s".formatted(web.url(), method));

    assertThat(run.code()).as(run.form().toString()).isEqualTo(code);
    assertThat(run.attempts()).hasSize(attempts);
    assertThat(web.asked()).hasSize(attempts);
    if (code != 0 && status != 304) {
      assertThat(run.message()).contains("was answered " + status).contains("it says: no because");
    }
  }

  @Test
  void aServerThatAsksToWaitIsLeftAlone() throws IOException {
    web.at("/a", status(503, "", "Retry-After", "2"));

    JobFileRun run = run("url: '%s/a'".formatted(web.url()));

    assertThat(Plain.number(run.attempts().get(0), "retry-after-millis")).isEqualTo(2_000);
  }

  @Test
  void whatMayHaveBeenReceivedIsNotSentAgain() throws IOException {
    try (ScriptedServer server = cutting(5)) {
      String url = "url: 'http://127.0.0.1:%d/a', method: POST, body: x".formatted(server.port());

      JobFileRun lost = run(url);
      assertThat(lost.code()).isEqualTo(13);
      assertThat(lost.form()).containsEntry("state", "unknown");
      assertThat(lost.message()).contains("Nobody knows whether POST").contains("was done");
      assertThat(server.connections()).isEqualTo(1);

      assertThat(run(url + ", retry: safe").code()).isEqualTo(4);
      assertThat(server.connections()).isEqualTo(3);
      assertThat(run(url + ", headers: { Idempotency-Key: '${run.id}' }").code()).isEqualTo(4);
      assertThat(server.connections()).isEqualTo(5);
    }
    assertThat(run("url: 'http://127.0.0.1:1/a', method: POST, body: x").code()).isEqualTo(4);
  }

  private static ScriptedServer cutting(int times) {
    Script cut = Script.start().readUntil("").drop();
    Script[] others =
        Stream.generate(() -> Script.start().readUntil("").drop())
            .limit(times - 1)
            .toArray(Script[]::new);
    return ScriptedServer.playing(cut, others);
  }

  @Test
  void anAnswerThatIsTooLongOrCutIsKeptNowhere() throws IOException {
    web.at("/long", status(200, "x".repeat(2_000)));
    web.at(
        "/cut",
        (exchange, body) -> {
          exchange.sendResponseHeaders(200, 1_000);
          exchange.getResponseBody().write(new byte[500]);
          exchange.getResponseBody().flush();
        });
    Files.writeString(directory.resolve("kept.txt"), "old");

    JobFileRun tooLong =
        run("url: '%s/long', max-size: 1kB, save-to: kept.txt".formatted(web.url()));
    assertThat(tooLong.message()).contains("is longer than 1000 bytes, and nothing of it was kept");
    JobFileRun cut = run("url: '%s/cut', save-to: kept.txt".formatted(web.url()));
    assertThat(cut.code()).isEqualTo(4);
    assertThat(cut.attempts()).hasSize(2);
    assertThat(directory.resolve("kept.txt")).hasContent("old");
    assertThat(run("url: '%s/long', max-size: 1kB".formatted(web.url())).code()).isEqualTo(1);

    JobFileRun whole = run("url: '%s/long', save-to: new/kept.txt".formatted(web.url()));
    assertThat(whole.outputs()).containsEntry("file", directory.resolve("new/kept.txt").toString());
    assertThat(directory.resolve("new/kept.txt")).hasContent("x".repeat(2_000));
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.filter(file -> file.toString().endsWith(".wbpart"))).isEmpty();
    }
  }

  @Test
  void aTimeoutEndsAServerThatSaysNothing() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.playing(Script.start().stall(), Script.start().stall())) {
      String url = "http.request: { url: 'http://127.0.0.1:%d/a'".formatted(server.port());
      long begun = System.nanoTime();

      JobFileRun step = steps("{ timeout: 1s, retry: { attempts: 1 }, " + url + " } }");
      JobFileRun reply = steps("{ retry: { attempts: 1 }, " + url + ", reply-timeout: 500ms } }");

      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
      assertThat(step.code()).isEqualTo(10);
      assertThat(reply.message())
          .contains("No answer from 127.0.0.1:" + server.port() + " in time");
    }
  }

  @Test
  void tlsIsByAPinOrByAuthorities() throws IOException {
    try (WebFixture tls = WebFixture.start(ServerCertificate.LOCALHOST.context())) {
      tls.at("/a", status(200, "safe"));
      String url = "url: 'https://localhost:%d/a'".formatted(tls.port());
      Pin pin = Pin.of(ServerCertificate.LOCALHOST.certificate());
      Files.writeString(directory.resolve("ca.pem"), pem());

      assertThat(run(url + ", pin: '" + pin + "'").outputs()).containsEntry("body", "safe");
      assertThat(run(url + ", ca: ca.pem").outputs()).containsEntry("body", "safe");
      JobFileRun unknown = run(url + ", method: POST, body: x");
      assertThat(unknown.code()).isEqualTo(5);
      assertThat(unknown.message()).contains("Cannot trust https://localhost");
      assertThat(tls.asked()).hasSize(2);
    }
  }

  static String pem() {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + java.util.Base64.getMimeEncoder()
              .encodeToString(ServerCertificate.authority().getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aProxyIsGoneThrough() throws Exception {
    web.at("/a", status(200, "by proxy"));
    try (ConnectProxy proxy = new ConnectProxy("me:" + SECRET)) {
      String through =
          "url: '%s/a', proxy: 'http://127.0.0.1:%d'".formatted(web.url(), proxy.port());

      JobFileRun run = run(through + ", proxy-user: me, proxy-password: '${secrets.s}'");
      assertThat(run.outputs()).containsEntry("body", "by proxy");
      assertThat(proxy.requests).isNotEmpty();

      JobFileRun refused = run(through + ", method: POST, body: x");
      assertThat(refused.code()).as(refused.message()).isNotIn(0, 13);
      assertThat(web.asked()).hasSize(1);
    }
  }

  @Test
  void aPathFromAnExpressionDoesNotLeadOut() throws IOException {
    JobFileRun run =
        steps(
            "{ id: e, exec: { command: [echo, ../x] } }, { http.request: { url: '%s/a', save-to: 'down/${steps.e.stdout}' } }"
                .formatted(web.url()));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.message()).contains("an expression must not lead to \"..\" in a path");
  }
}
