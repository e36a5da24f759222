package io.waybill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.cli.Main;
import io.waybill.testkit.ForkedJvm;
import io.waybill.testkit.RealServers;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The README's trial of two nodes, line by line; only addresses, directory and database differ. */
@Timeout(300)
@SuppressWarnings("NullAway.Init") // opened before each test
class TwoNodesRealIT {
  @RegisterExtension
  static final RealServers SERVERS =
      RealServers.script(Path.of("../scheduler/src/test/servers/postgres.sh"))
          .needing("pg_createcluster")
          .listeningOn("POSTGRES");

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|\\S+");

  @TempDir Path directory;

  private final List<ForkedJvm> running = new ArrayList<>();
  private Path trial;
  private int port;

  @BeforeEach
  void choose() throws Exception {
    trial = directory.resolve("trial");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void end() {
    running.forEach(ForkedJvm::close);
  }

  @Test
  void theOtherNodeGoesOnWhereTheKilledOneWas() throws Exception {
    for (String line : block("once")) {
      prepare(line);
    }
    List<ForkedJvm> nodes = new ArrayList<>();
    for (String line : block("terminals")) {
      ForkedJvm node = waybill(line);
      node.awaitLine(".*control channel.*", LONG);
      nodes.add(node);
    }
    ForkedJvm third = waybill(block("terminals").get(0).replace("--node one", "--node three"));
    assertThat(third.awaitExit(LONG)).as(third.output()).isEqualTo(12);
    List<String> looking = block("looking");
    assertThat(looking).hasSize(4);

    String triggered = output(looking.get(0));
    String run = group("run (\\S+)", triggered);
    await().atMost(LONG).until(() -> output(looking.get(1)).contains(run + "  fetch  running"));
    String node = group(run + ".* on (one|two)", output(looking.get(1)));
    await().atMost(LONG).until(this::hasPartFile);
    Thread.sleep(5_000); // some of it is there
    int victim = node.equals("one") ? 0 : 1;
    bash(looking.get(2).replace("one", node));
    assertThat(nodes.get(victim).awaitExit(LONG)).isEqualTo(137);

    ForkedJvm other = nodes.get(1 - victim);
    String state = victim == 0 ? "two" : "one";
    other.awaitLine(
        ".*event=run-started recovered=true .* run=" + run + " .*", Duration.ofSeconds(9));
    String show = looking.get(3).replace("--state two", "--state " + state) + " " + run;
    await().atMost(LONG).until(() -> output(show).contains("succeeded"));
    assertThat(output(show))
        .contains("attempt 1: its process died or lost the run", "resumed at ", " on " + state);
    assertThat(trial.resolve("in").resolve(run).resolve("orders.bin"))
        .hasSameBinaryContentAs(trial.resolve("far/orders.bin"));
  }

  private void prepare(String line) throws Exception {
    if (line.startsWith("sudo -u postgres psql")) {
      String url = "postgresql://postgres@127.0.0.1:" + SERVERS.port("POSTGRES") + "/postgres";
      bash(
          line.replace(
              "sudo -u postgres psql", "PGPASSWORD=" + SERVERS.password() + " psql -d " + url));
    } else if (line.startsWith("cp ")) {
      bash(line);
      Path file = trial.resolve("two-nodes.yml");
      Files.writeString(
          file,
          Files.readString(file)
              .replace("//127.0.0.1/", "//127.0.0.1:" + SERVERS.port("POSTGRES") + "/")
              .replace("port: 7400", "port: " + port)
              .replace("/tmp/trial", trial.toString()));
    } else if (line.startsWith("waybill serve far")) {
      waybill(line.replace(" &", " --listen 127.0.0.1:" + port)).awaitLine("Ctrl-C.*", LONG);
    } else if (line.startsWith("waybill ")) {
      output(line);
    } else if (!line.startsWith("cd ")) {
      bash(line);
    }
  }

  private boolean hasPartFile() throws Exception {
    try (var files = Files.walk(trial.resolve("in"))) {
      return files.anyMatch(file -> file.toString().endsWith(".wbpart"));
    } catch (java.nio.file.NoSuchFileException notYet) {
      return false;
    }
  }

  private ForkedJvm waybill(String line) {
    List<String> words =
        WORD.matcher(line)
            .results()
            .map(word -> word.group(1) == null ? word.group() : word.group(1))
            .toList();
    ForkedJvm process =
        ForkedJvm.running(Main.class)
            .args(words.subList(1, words.size()).toArray(String[]::new))
            .environment("STORE_PASSWORD", "trial")
            .directory(trial)
            .start();
    running.add(process);
    return process;
  }

  private String output(String line) throws InterruptedException {
    ForkedJvm process = waybill(line);
    assertThat(process.awaitExit(LONG)).as("%s%n%s", line, process.output()).isZero();
    return process.output();
  }

  // the line is given as input: as an argument it would be found by what it looks for
  private void bash(String line) throws Exception {
    Path script = directory.resolve("line");
    Files.writeString(script, line.replace("/tmp/trial", trial.toString()) + "\n", UTF_8);
    Process bash =
        new ProcessBuilder("bash", "-e")
            .directory(Path.of("..").toFile())
            .redirectInput(script.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertThat(bash.waitFor()).as("%s%n%s", line, said).isZero();
  }

  private static String group(String regex, String text) {
    Matcher matcher = Pattern.compile(regex).matcher(text);
    assertThat(matcher.find()).as("%s in %s", regex, text).isTrue();
    return matcher.group(1);
  }

  private static List<String> block(String name) throws Exception {
    String readme = Files.readString(Path.of("README.md"));
    return group("<!-- two nodes: " + name + " -->\n```bash\n((?s:.*?))\n```", readme)
        .lines()
        .toList();
  }
}
