package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.json.Json;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.FaultyProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code waybill serve} and {@code waybill copy} as two processes of the start script, over TLS;
 * what one prints is all that the other is told.
 */
@Timeout(300)
@EnabledOnOs({OS.LINUX, OS.MAC})
class TwoProcessesIT {
  private static final String OTHER_PIN = "sha-256:n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg";
  private static final Pattern SEND =
      Pattern.compile(
          "(?m)^send +waybill copy FILE (waybill://\\S+/) --key-file acme\\.key --pin (\\S+)$");

  @TempDir Path directory;
  private Path script;
  private Path served;
  private Path keyFile;
  private Process server;
  private Path printed;
  private String uri;
  private String pin;

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void serve() throws Exception {
    script = DistributionFixture.layOut(directory.resolve("waybill"));
    served = Files.createDirectories(directory.resolve("served"));
    Ended added = waybill("serve", "user", "add", "acme");
    assertThat(added.code()).as(added.err()).isZero();
    keyFile = secret("key", added.out().strip());
    printed = Files.createFile(directory.resolve("printed.txt"));
    server =
        process(
            printed,
            directory.resolve("server-err.txt"),
            "serve",
            served.toString(),
            "--listen",
            "127.0.0.1:0");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Files.readString(printed).contains("Ctrl-C ends it"));
    Matcher send = SEND.matcher(Files.readString(printed));
    assertThat(send.find()).as(Files.readString(printed)).isTrue();
    uri = send.group(1);
    pin = send.group(2);
    assertThat(uri).startsWith("waybill://acme@127.0.0.1:");
  }

  @AfterEach
  void end() throws Exception {
    server.destroyForcibly().waitFor();
  }

  @Test
  void aFileAndATreeGoByWhatServePrintsAndASecondSignalEndsItAtOnce() throws Exception {
    Path file = random("report.bin", 300_000);
    Path tree = Files.createDirectories(directory.resolve("tree"));
    for (int i = 0; i < 300; i++) {
      Path parent = Files.createDirectories(tree.resolve("d" + i % 7));
      Files.writeString(parent.resolve("f" + i), "content " + i);
    }

    Ended one = copy(file.toString(), uri, "--json");
    Ended all = copy(tree.toString(), uri + "in/", "--json");

    assertThat(one.code()).as(one.err()).isZero();
    assertThat(served.resolve("report.bin")).hasSameBinaryContentAs(file);
    assertThat(all.code()).as(all.err()).isZero();
    assertThat(Json.readObject(all.out())).containsEntry("files", 300L).containsEntry("failed", 0L);
    assertThat(relative(served.resolve("in"))).isEqualTo(relative(tree));
    Ended again = copy(tree.toString(), uri + "in/", "--json");
    assertThat(Json.readObject(again.out())).containsEntry("skipped", 300L);
    Path back = directory.resolve("back");
    Ended fetched = copy(uri + "in", back.toString(), "--exclude", "d1/**");
    assertThat(fetched.code()).as(fetched.err()).isZero();
    assertThat(back.resolve("d2/f2")).hasContent("content 2");
    assertThat(back.resolve("d1/f1")).doesNotExist();

    signal(server, "INT");
    assertThat(server.waitFor(40, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(130);
  }

  @Test
  void aWrongPinAWrongKeyAndAForeignCertificateEndWithFiveAndSayWhatToDo() throws Exception {
    Path file = random("a.bin", 10);

    Ended wrongPin =
        waybill("copy", file.toString(), uri, "--key-file", keyFile.toString(), "--pin", OTHER_PIN);
    assertThat(wrongPin.code()).as(wrongPin.err()).isEqualTo(5);
    assertThat(wrongPin.err()).contains(OTHER_PIN, pin, "waybill serve prints it");

    Path wrong = secret("wrong", "wrong-key-1a2b");
    Ended wrongKey =
        waybill("copy", file.toString(), uri, "--key-file", wrong.toString(), "--pin", pin);
    assertThat(wrongKey.code()).as(wrongKey.err()).isEqualTo(5);
    assertThat(wrongKey.err()).contains("acme").doesNotContain("wrong-key-1a2b");

    Ended foreign = waybill("copy", file.toString(), uri, "--key-file", keyFile.toString());
    assertThat(foreign.code()).as(foreign.err()).isEqualTo(5);
    assertThat(foreign.err()).contains("127.0.0.1").containsIgnoringCase("pin");
    assertThat(served.resolve("a.bin")).doesNotExist();
  }

  @Test
  void aSignalInTheMiddleEndsWith130AndTheSameCommandGoesOn() throws Exception {
    Path file = random("big.bin", 40 << 20);
    int port = Integer.parseInt(uri.replaceAll(".*:([0-9]+)/", "$1"));
    try (FaultyProxy proxy = FaultyProxy.inFrontOf(port)) {
      String[] line = {
        "copy",
        file.toString(),
        "waybill://acme@127.0.0.1:" + proxy.port() + "/",
        "--key-file",
        keyFile.toString(),
        "--pin",
        pin,
        "--json"
      };
      proxy.arm(
          FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, 30 << 20)
              .holding(Duration.ofSeconds(10)));
      Path err = directory.resolve("first-err.txt");
      Process first = process(directory.resolve("first-out.txt"), err, line);
      await().atMost(Duration.ofSeconds(60)).until(() -> proxy.strikes() == 1);
      TimeUnit.MILLISECONDS.sleep(1500); // the receiver flushes what it has every second
      signal(first, "INT");
      assertThat(first.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(first.exitValue()).as(Files.readString(err)).isEqualTo(130);
      assertThat(Files.readString(err)).contains("the same command goes on");
      assertThat(served.resolve("big.bin")).doesNotExist();

      proxy.disarm();
      // the proxy holds the first line for a while, so the server does not miss its sender at once
      Ended again =
          await()
              .atMost(Duration.ofSeconds(90))
              .until(() -> waybill(line), each -> each.code() != 6);

      assertThat(again.code()).as(again.err()).isZero();
      assertThat((Long) Json.readObject(again.out()).get("resumed-bytes")).isPositive();
      assertThat(served.resolve("big.bin")).hasSameBinaryContentAs(file);
    }
  }

  @Test
  void aSecondSignalEndsAServerWhoseTransfersAreStillUnderWay() throws Exception {
    Path file = random("big.bin", 20 << 20);
    int port = Integer.parseInt(uri.replaceAll(".*:([0-9]+)/", "$1"));
    try (FaultyProxy proxy = FaultyProxy.inFrontOf(port)) {
      proxy.arm(
          FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, 10 << 20)
              .holding(Duration.ofSeconds(60)));
      Process client =
          process(
              directory.resolve("out.txt"),
              directory.resolve("err.txt"),
              "copy",
              file.toString(),
              "waybill://acme@127.0.0.1:" + proxy.port() + "/",
              "--key-file",
              keyFile.toString(),
              "--pin",
              pin);
      try {
        await().atMost(Duration.ofSeconds(60)).until(() -> proxy.strikes() == 1);
        signal(server, "TERM");
        await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> Files.readString(directory.resolve("server-err.txt")).contains("ending"));
        assertThat(server.waitFor(1, TimeUnit.SECONDS)).isFalse();
        signal(server, "TERM");
        assertThat(server.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isEqualTo(143);
      } finally {
        client.destroyForcibly().waitFor();
      }
    }
  }

  private static List<String> relative(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .map(path -> root.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  private static void signal(Process process, String name) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor())
        .isZero();
  }

  private Path random(String name, int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return Files.write(directory.resolve(name), bytes);
  }

  private Path secret(String name, String text) throws IOException {
    Path file = Files.writeString(directory.resolve(name), text);
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private Ended copy(String from, String to, String... more) throws Exception {
    List<String> line =
        new ArrayList<>(List.of("copy", from, to, "--key-file", keyFile.toString(), "--pin", pin));
    line.addAll(Arrays.asList(more));
    return waybill(line.toArray(String[]::new));
  }

  private Ended waybill(String... arguments) throws Exception {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    Process process = process(out, err, arguments);
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    return new Ended(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private Process process(Path out, Path err, String... arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of(script.toString()));
    line.addAll(Arrays.asList(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME",
                System.getProperty("java.home"),
                "WAYBILL_STATE",
                directory.resolve("state").toString(),
                // no archive: it would be made in the background, after the directory is gone
                "XDG_CACHE_HOME",
                "no absolute path"));
    return builder.start();
  }
}
