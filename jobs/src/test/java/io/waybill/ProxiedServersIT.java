package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An FTP server whose name only a proxy knows, and how fast it may be. */
@Timeout(120)
class ProxiedServersIT {
  private static final String HOST = "bank.invalid";

  @TempDir Path here;
  @TempDir Path home;
  private Sandbox server;
  private ConnectProxy proxy;
  private Map<String, String> environment;

  @BeforeEach
  void start() throws Exception {
    server = Sandbox.start(home, here.resolve("hub"));
    proxy = new ConnectProxy("me:pr0xy-planted");
    environment =
        Map.of(
            "HOME",
            here.toString(),
            "FTP_KEY",
            server.ftpLogin().password(),
            "PROXY_KEY",
            "pr0xy-planted",
            "XDG_CONFIG_HOME",
            here.resolve("none").toString());
    Files.createDirectories(here.resolve("from/sub"));
    Files.writeString(here.resolve("from/a.txt"), "a");
    Files.writeString(here.resolve("from/sub/b.csv"), "bb");
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
  }

  private CommandLineRun run(Map<String, String> more, String... words) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    List<String> line = new ArrayList<>(List.of("--state", here.resolve("state").toString()));
    line.addAll(List.of(words));
    return CommandLineRun.of(all, line.toArray(String[]::new));
  }

  private String ftp(String path) {
    return "ftp://%s@%s:%d%s".formatted(server.ftpLogin().user(), HOST, server.ftpPort(), path);
  }

  private String url(String password) {
    return "http://me:" + password + "@127.0.0.1:" + proxy.port();
  }

  @Test
  void everyVerbGoesThroughTheProxyOfTheLine() {
    String from = here.resolve("from").toString();
    String[][] lines = {
      {"copy", from, ftp("/in/")},
      {"ls", "-r", ftp("/in")},
      {"sync", from, ftp("/in")},
      {"verify", from, ftp("/in")},
      {"mkdir", ftp("/p/q")},
      {"move", ftp("/in/sub/b.csv"), here.resolve("moved.csv").toString()},
      {"rm", ftp("/in/a.txt")},
      {"probe", ftp("/")},
    };
    for (String[] line : lines) {
      List<String> words = new ArrayList<>(List.of(line));
      words.addAll(1, List.of("--key-env", "FTP_KEY", "--proxy", url("pr0xy-planted")));
      CommandLineRun run = run(Map.of(), words.toArray(String[]::new));
      assertThat(run.code()).as("%s: %s%s", line[0], run.out(), run.err()).isZero();
    }
    assertThat(home.resolve("in/a.txt")).doesNotExist();
    assertThat(home.resolve("p/q")).isDirectory();
    assertThat(here.resolve("moved.csv")).hasContent("bb");
    assertThat(proxy.requests).allMatch(line -> line.startsWith("CONNECT " + HOST + ":"));
  }

  @Test
  void theEnvironmentsProxyIsUsedAndItsRefusalSaid() {
    CommandLineRun there =
        run(Map.of("WAYBILL_PROXY", url("pr0xy-planted")), "ls", "--key-env", "FTP_KEY", ftp("/"));
    assertThat(there.code()).as(there.err()).isZero();

    CommandLineRun refused =
        run(Map.of("WAYBILL_PROXY", url("guessed-pw")), "ls", "--key-env", "FTP_KEY", ftp("/"));
    assertThat(refused.code()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err())
        .contains("refused the login", "HTTP proxy 127.0.0.1:" + proxy.port())
        .doesNotContain("guessed-pw");
  }

  private Path jobFile(String more) throws IOException {
    return Files.writeString(
        here.resolve("waybill.yml"),
        """
        version: 1
        timezone: UTC
        secrets:
          bank: { env: FTP_KEY }
          proxy: { env: PROXY_KEY }
        connections:
          bank:
            type: ftp
            host: %s
            port: %d
            tls: off
            user: %s
            password: "${secrets.bank}"
            proxy: http://127.0.0.1:%d
            proxy-user: me
            proxy-password: "${secrets.proxy}"
            %s
        """
            .formatted(HOST, server.ftpPort(), server.ftpLogin().user(), proxy.port(), more));
  }

  @Test
  void aConnectionHasItsOwnProxyAndRate() throws IOException {
    String file = jobFile("rate: \"00:00,100000B/s\"").toString();
    Files.write(home.resolve("big"), new byte[200_000]);
    String to = here.resolve("back").toString();

    long began = System.nanoTime();
    CommandLineRun slow = run(Map.of(), "-c", file, "copy", "bank:/big", to);
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertThat(slow.code()).as(slow.err()).isZero();
    assertThat(took).as("100 ms of it go at once").isGreaterThan(Duration.ofMillis(1900));
    assertThat(here.resolve("back")).hasSize(200_000);
    assertThat(proxy.requests).isNotEmpty();
    CommandLineRun probed = run(Map.of(), "-c", file, "probe", "bank:/");
    assertThat(probed.code()).as(probed.out() + probed.err()).isZero();
  }

  @Test
  void theRateOfALineHoldsForServersOfAnyKindAndNotHere() throws IOException {
    Path file = Files.write(here.resolve("big"), new byte[200_000]);
    String proxied = url("pr0xy-planted");
    for (String verb : new String[] {"copy", "sync"}) {
      Path source = verb.equals("copy") ? file : Files.createDirectories(here.resolve("tree"));
      if (verb.equals("sync")) {
        Files.copy(file, source.resolve("big2"));
      }
      long began = System.nanoTime();
      CommandLineRun slow =
          run(
              Map.of("WAYBILL_PROXY", proxied),
              verb,
              "--rate",
              "100000B/s",
              "--key-env",
              "FTP_KEY",
              source.toString(),
              ftp("/"));
      assertThat(slow.code()).as(slow.err()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .as(verb)
          .isGreaterThan(Duration.ofMillis(1900));
      CommandLineRun local =
          run(Map.of(), verb, "--rate", "1MiB/s", source.toString(), here.resolve("x").toString());
      assertThat(local.code()).isEqualTo(2);
      assertThat(local.err()).contains("--rate is for copies from or to a server only");
    }
    assertThat(home.resolve("big")).hasSize(200_000);
    assertThat(home.resolve("big2")).hasSize(200_000);
    CommandLineRun streams =
        run(Map.of(), "copy", "--streams", "2", "--key-env", "FTP_KEY", file.toString(), ftp("/"));
    assertThat(streams.err()).contains("--streams is for copies from or to a waybill server only");
  }
}
