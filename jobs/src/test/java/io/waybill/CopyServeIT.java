package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.json.Json;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.FaultyProxy;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process of its own, over TLS, and what the other verbs do with it. */
@Timeout(180)
class CopyServeIT {
  private static final String OTHER_PIN = "sha-256:n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg";

  @TempDir Path directory;
  private Path served;
  private Path out;
  private String key;
  private String pin;
  private int port;
  private ForkedJvm server;

  @BeforeEach
  void serve() throws Exception {
    served = Files.createDirectories(directory.resolve("served"));
    out = Files.createDirectories(directory.resolve("out"));
    CommandLineRun added = waybill("serve", "user", "add", "acme");
    assertThat(added.code()).as(added.err()).isZero();
    key = added.out().strip();
    server =
        ForkedJvm.running(Main.class)
            .args("serve", served.toString(), "--listen", "127.0.0.1:0")
            .environment("WAYBILL_STATE", directory.resolve("state").toString())
            .start();
    server.awaitLine("Ctrl-C ends it.*", Duration.ofSeconds(60));
    port = Integer.parseInt(found("address  127\\.0\\.0\\.1:([0-9]+)"));
    pin = found("pin      (sha-256:\\S+)");
  }

  private String found(String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(server.output());
    assertThat(matcher.find()).as(server.output()).isTrue();
    return matcher.group(1);
  }

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void aTreeGoesUpAndComesBackAndASecondTimeNothingMoves() throws Exception {
    write("a.bin", 3_000_000);
    write("deep/er/b.bin", 10);
    Files.createSymbolicLink(out.resolve("link"), Path.of("a.bin"));

    CommandLineRun up = copy(out.toString(), uri("/in/"), "--json");

    assertThat(up.code()).as(up.err()).isZero();
    assertThat(Json.readObject(up.out()))
        .containsEntry("schema", "waybill.copy/1")
        .containsEntry("files", 2L)
        .containsEntry("bytes", 3_000_010L)
        .containsEntry("failed", 0L)
        .containsEntry("left-out", List.of(out.resolve("link").toString()));
    assertThat(served.resolve("in/a.bin")).hasSameBinaryContentAs(out.resolve("a.bin"));
    assertThat(Json.readObject(copy(out.toString(), uri("/in/"), "--json").out()))
        .containsEntry("skipped", 2L);
    Path back = directory.resolve("back");
    for (String tree : List.of("/in", "/in/", "/")) {
      CommandLineRun down = copy(uri(tree), back + "/");
      assertThat(down.code()).as(down.err()).isZero();
    }
    for (String tree : List.of("deep", "in/deep")) {
      assertThat(back.resolve(tree + "/er/b.bin"))
          .hasSameBinaryContentAs(out.resolve("deep/er/b.bin"));
    }
  }

  @Test
  void patternsFiltersAndADryRun() throws Exception {
    write("a.csv", 10);
    write("b.csv", 10);
    write("c.txt", 10);

    write("d.csv/deep", 10);

    CommandLineRun dry = copy(out + "/*.csv", uri("/in/"), "--dry-run", "--json");
    assertThat(dry.code()).as(dry.err()).isZero();
    assertThat(Json.readObject(dry.out()))
        .containsEntry("files", 2L)
        .containsEntry("left-out", List.of(out.resolve("d.csv").toString()));
    CommandLineRun none = copy(out + "/*.none", uri("/in/"));
    assertThat(none.code()).as(none.err()).isZero();
    assertThat(none.err()).contains("there was no file to copy");
    assertThat(served.resolve("in")).doesNotExist();
    assertThat(copy(out.toString(), uri("/in/"), "--exclude", "*.csv").code()).isZero();
    assertThat(served.resolve("in/c.txt")).exists();
    assertThat(served.resolve("in/a.csv")).doesNotExist();
  }

  @Test
  void aWrongPinAndAWrongKeyEndWithFive() throws Exception {
    Path file = write("a.bin", 10);

    CommandLineRun wrongPin =
        run(key, "copy", file.toString(), uri("/"), "--key-env", "K", "--pin", OTHER_PIN);
    assertThat(wrongPin.code()).as(wrongPin.err()).isEqualTo(5);
    assertThat(wrongPin.err()).contains(pin, OTHER_PIN, "waybill serve prints it");
    CommandLineRun oneOfTwo =
        run(
            key,
            "copy",
            file.toString(),
            uri("/"),
            "--key-env",
            "K",
            "--pin",
            OTHER_PIN,
            "--pin",
            pin);
    assertThat(oneOfTwo.code()).as(oneOfTwo.err()).isZero();
    CommandLineRun wrongKey =
        run("wrong-key-1a2b", "copy", file.toString(), uri("/"), "--key-env", "K", "--pin", pin);
    assertThat(wrongKey.code()).as(wrongKey.err()).isEqualTo(5);
    assertThat(wrongKey.err()).contains("acme").doesNotContain("wrong-key-1a2b");
  }

  @Test
  void aProxyWithALoginIsGivenTheNameAndAWrongLoginIsNotTriedAgain() throws Exception {
    Path file = write("a.bin", 100_000);
    try (ConnectProxy proxy = new ConnectProxy("me:it's p@ss", port)) {
      String target = "waybill://acme@partner.invalid:7400/";
      String wrong = "http://me:guessed-pw@127.0.0.1:" + proxy.port();
      CommandLineRun refused = copy(file.toString(), target, "--proxy", wrong);
      assertThat(refused.code()).as(refused.err()).isEqualTo(2);
      assertThat(refused.err()).contains("refused the login").doesNotContain("guessed-pw");
      assertThat(proxy.requests).containsExactly("CONNECT partner.invalid:7400 HTTP/1.1");
      String right = "http://me:it's%20p%40ss@127.0.0.1:" + proxy.port();
      CommandLineRun up = copy(file.toString(), target, "--proxy", right);
      assertThat(up.code()).as(up.err()).isZero();
      CommandLineRun probed =
          run(key, "probe", target, "--key-env", "K", "--pin", pin, "--proxy", right);
      assertThat(probed.code()).as(probed.err()).isZero();
    }
    assertThat(served.resolve("a.bin")).hasSameBinaryContentAs(file);
  }

  @Test
  void aNameThatIsNotKnownIsSaidAtOnce() throws Exception {
    Path file = write("a.bin", 10);
    CommandLineRun unknown = copy(file.toString(), "waybill://acme@partner.invalid:7400/");
    assertThat(unknown.code()).as(unknown.err()).isEqualTo(4);
    assertThat(unknown.err())
        .contains("the name partner.invalid is not known", "correct it")
        .doesNotContain("trying again");
  }

  @Test
  void aDeadlineNamesWhatStoodInTheWay() throws Exception {
    Path file = write("a.bin", 10);
    server.close();
    CommandLineRun late = copy(file.toString(), uri("/"), "--deadline", "2s");
    assertThat(late.code()).as(late.err()).isEqualTo(10);
    assertThat(late.err()).contains("not done by --deadline", "(127.0.0.1:" + port, "refused");
  }

  @Test
  void whatWouldGiveTheServerAwayIsRefused() throws Exception {
    CommandLineRun around =
        waybill("serve", directory.toString(), "--listen", "127.0.0.1:0", "--drain", "1s");
    assertThat(around.code()).as(around.err()).isEqualTo(2);
    assertThat(around.err()).contains("could reach it", "keep the server's own files elsewhere");
    for (String root : List.of("/etc", "../other", "a/../../b")) {
      CommandLineRun outside = waybill("serve", "user", "add", "eve", "--root", root);
      assertThat(outside.code()).as(outside.err()).isEqualTo(2);
      assertThat(outside.err()).contains("leads out of it");
    }
    assertThat(waybill("serve", "user", "list").out()).doesNotContain("eve");
    assertThat(waybill("serve", "user", "add", "acme").err()).contains("is replaced");
  }

  @Test
  void aServerThatIsNotThereIsToldOfWhileItIsTriedAgain() throws Exception {
    Path file = write("a.bin", 10);
    server.close();

    CommandLineRun late = copy(file.toString(), uri("/"), "--deadline", "2s");

    assertThat(late.code()).as(late.err()).isEqualTo(10);
    assertThat(late.err())
        .containsPattern("127\\.0\\.0\\.1:" + port + ": .*; try 2 of 8 follows in [0-9]\\.[0-9] s")
        .contains("not done by --deadline");
    assertThat(late.out()).isEmpty();
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefusedWithoutAPin() throws Exception {
    Path file = write("a.bin", 10);

    CommandLineRun foreign = run(key, "copy", file.toString(), uri("/"), "--key-env", "K");

    assertThat(foreign.code()).as(foreign.err()).isEqualTo(5);
    assertThat(foreign.err()).startsWith("waybill: ").contains("127.0.0.1:" + port);
    assertThat(served.resolve("a.bin")).doesNotExist();
  }

  @Test
  void aMissingSourceEndsWithThreeAndAKeyInTheUriIsMaskedAndWarnedOf() throws Exception {
    assertThat(copy(directory.resolve("none").toString(), uri("/")).code()).isEqualTo(3);

    Path file = write("a.bin", 10);
    CommandLineRun warned =
        waybill(
            "copy",
            file.toString(),
            "waybill://acme:" + key + "@127.0.0.1:" + port + "/",
            "--pin",
            pin);
    assertThat(warned.code()).as(warned.err()).isZero();
    assertThat(warned.err()).contains("warning").doesNotContain(key);
    CommandLineRun broken =
        waybill("copy", file.toString(), "waybill://acme:" + key + "@127.0.0.1:99999999/");
    assertThat(broken.code()).isEqualTo(2);
    assertThat(broken.err() + broken.out()).doesNotContain(key);
  }

  @Test
  void ctrlCEndsAtOnceAndTheSameCommandGoesOn() throws Exception {
    Path file = write("big.bin", 40 << 20);
    try (FaultyProxy proxy = FaultyProxy.inFrontOf(port)) {
      String target = "waybill://acme@127.0.0.1:" + proxy.port() + "/";
      proxy.arm(
          FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, 30 << 20)
              .holding(Duration.ofSeconds(10)));
      try (ForkedJvm first =
          ForkedJvm.running(Main.class)
              .args("copy", file.toString(), target, "--key-env", "K", "--pin", pin)
              .environment("K", key)
              .start()) {
        await().atMost(Duration.ofSeconds(60)).until(() -> proxy.strikes() == 1);
        Thread.sleep(1500); // the receiver flushes what it has every second
        new ProcessBuilder("kill", "-INT", String.valueOf(first.pid())).start().waitFor();
        assertThat(first.awaitExit(Duration.ofSeconds(20))).isEqualTo(130);
        assertThat(first.output())
            .containsOnlyOnce("interrupted")
            .contains("the same command goes on");
      }
      proxy.disarm();
      // the proxy holds the first line for a while, so the server does not miss its sender at once
      CommandLineRun again =
          await()
              .atMost(Duration.ofSeconds(90))
              .until(
                  () ->
                      run(
                          key,
                          "copy",
                          file.toString(),
                          target,
                          "--key-env",
                          "K",
                          "--pin",
                          pin,
                          "--json"),
                  each -> each.code() != 6);
      assertThat(again.code()).as(again.err()).isZero();
      assertThat((Long) Json.readObject(again.out()).get("resumed-bytes")).isPositive();
      assertThat(served.resolve("big.bin")).hasSameBinaryContentAs(file);
    }
  }

  @Test
  void aTraceShowsFramesAndNoSecret() throws Exception {
    Path file = write("a.bin", 10);
    Path trace = directory.resolve("trace.pcapng");

    CommandLineRun traced =
        copy(file.toString(), uri("/"), "--trace", "--trace-file", trace.toString());

    assertThat(traced.code()).as(traced.err()).isZero();
    assertThat(traced.err())
        .contains("> HELLO", "AUTH_DATA=***", "> OFFER", "< COMMITTED")
        .doesNotContain(key, base64(key));
    assertThat(Files.readString(trace, StandardCharsets.ISO_8859_1))
        .contains("a.bin")
        .doesNotContain(key, base64(key), "n=acme");
  }

  @Test
  void aProbeTellsEachStep() throws Exception {
    CommandLineRun probe =
        run(
            key,
            "probe",
            uri("/"),
            "--key-env",
            "K",
            "--pin",
            pin,
            "--throughput",
            "--size",
            "1MiB",
            "--json");

    assertThat(probe.code()).as(probe.err()).isZero();
    assertThat(probe.out()).contains("TLSv1.3", pin, "round-trip", "up-bytes-per-second");
    assertThat(served).isEmptyDirectory();
    CommandLineRun wrong =
        run(key, "probe", uri("/"), "--key-env", "K", "--pin", OTHER_PIN, "--json");
    assertThat(wrong.code()).isEqualTo(5);
    assertThat(Json.readObject(wrong.out())).containsEntry("ok", false);
    CommandLineRun nobody =
        run(key, "probe", "waybill://acme@127.0.0.1:1/", "--key-env", "K", "--pin", pin);
    assertThat(nobody.code()).as(nobody.err()).isEqualTo(4);
  }

  @Test
  void withoutAUserServeSaysHowToMakeOne() {
    CommandLineRun run =
        CommandLineRun.of(
            Map.of("WAYBILL_STATE", directory.resolve("fresh").toString()),
            "serve",
            served.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("waybill serve user add");
  }

  @Test
  void aSignalEndsTheServerInOrder() throws Exception {
    server.terminate();

    assertThat(server.awaitExit(Duration.ofSeconds(40))).isEqualTo(143);
  }

  private Path write(String name, int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Path file = out.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private String uri(String path) {
    return "waybill://acme@127.0.0.1:" + port + path;
  }

  private CommandLineRun copy(String from, String to, String... more) {
    String[] line = new String[more.length + 7];
    System.arraycopy(
        new String[] {"copy", from, to, "--key-env", "K", "--pin", pin}, 0, line, 0, 7);
    System.arraycopy(more, 0, line, 7, more.length);
    return run(key, line);
  }

  private CommandLineRun run(String secret, String... line) {
    return CommandLineRun.of(
        Map.of("WAYBILL_STATE", directory.resolve("state").toString(), "K", secret), line);
  }

  private CommandLineRun waybill(String... line) {
    return run("", line);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
