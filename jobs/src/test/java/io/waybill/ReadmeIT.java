package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.waybill.examples.ScheduleInApplication;
import io.waybill.jobs.RunEvent;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.cli.Main;
import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the READMEs show is what there is: quotes equal their files, commands do what they say. */
@Timeout(180)
class ReadmeIT {
  private static final Path ROOT = Path.of("..");
  private static final Pattern QUOTE =
      Pattern.compile("<!-- quoted from (\\S+) -->\n```\\w+\n(.*?)\n```", Pattern.DOTALL);
  private static final Pattern JAVA_OR_YAML = Pattern.compile("\n```(java|yaml)\n");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|\\S+");
  private static final Pattern SHELL = Pattern.compile("\n```sh\n(.*?)\n```", Pattern.DOTALL);

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {"README.md", "jobs/README.md", "scheduler/README.md", "transfer/README.md"})
  void everyQuoteEqualsItsFile(String readme) throws IOException {
    String text = Files.readString(ROOT.resolve(readme));
    Matcher quote = QUOTE.matcher(text);
    int quotes = 0;
    while (quote.find()) {
      quotes++;
      String file = Files.readString(ROOT.resolve(quote.group(1)));
      if (quote.group(1).endsWith(".yml")) {
        assertThat(quote.group(2)).isEqualTo(file.strip());
      } else {
        assertThat(holds(file.lines().toList(), quote.group(2).lines().toList()))
            .as("%s quotes %s", readme, quote.group(1))
            .isTrue();
      }
    }
    assertThat(quotes).isEqualTo(JAVA_OR_YAML.matcher(text).results().count());
  }

  /** Returns whether a block stands in a file, further to the right or not. */
  private static boolean holds(List<String> file, List<String> block) {
    for (int start = 0; start + block.size() <= file.size(); start++) {
      String first = file.get(start);
      String indent = first.substring(0, first.length() - first.stripLeading().length());
      List<String> shifted =
          block.stream().map(line -> line.isEmpty() ? line : indent + line).toList();
      if (file.subList(start, start + block.size()).equals(shifted)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void theExampleLoadsAsItStands() {
    assertThat(JobFiles.load(NightlyOrders.EXAMPLE).jobs())
        .singleElement()
        .satisfies(job -> assertThat(job.name()).isEqualTo("nightly-orders"));
  }

  @Test
  void theDistributionsJobFileLoadsAsItStands() {
    assertThat(JobFiles.load(Path.of("src/main/dist/conf/waybill.yml")).jobs()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "jobs/README.md"})
  void everyCommandDoesWhatItSays(String readme) throws Exception {
    List<String> commands = commands(Files.readString(ROOT.resolve(readme)));
    assertThat(commands).isNotEmpty();
    try (Sandbox sandbox = Sandbox.start(directory.resolve("partner"), directory.resolve("hub"))) {
      Path file = NightlyOrders.pointedAt(sandbox, directory);
      Map<String, String> environment = new HashMap<>(NightlyOrders.secrets(sandbox));
      environment.put("WAYBILL_STATE", directory.resolve("state").toString());
      List<ForkedJvm> daemons = new ArrayList<>();
      try {
        for (String command : commands) {
          String[] words =
              words(
                  command
                      .replace("jobs/examples/nightly-orders.yml", file.toString())
                      .replace("jobs/examples/", "examples/"));
          String[] arguments = Arrays.copyOfRange(words, 1, words.length);
          if (words[0].equals("mvn")) {
            continue; // builds, as this very test's build does; the gate runs them
          }
          assertThat(words[0]).as(command).isEqualTo("waybill");
          if (arguments[0].equals("serve")) {
            serve(arguments, environment, daemons);
          } else if (arguments[0].equals("daemon")) {
            daemons.add(daemon(arguments, environment));
          } else {
            CommandLineRun run = CommandLineRun.of(environment, arguments);
            assertThat(run.code()).as("%s%n%s%s", command, run.out(), run.err()).isZero();
          }
        }
      } finally {
        daemons.forEach(ForkedJvm::close);
      }
      assertThat(directory.resolve("hub/orders/orders.csv")).exists();
    }
  }

  /** Splits a line at its blanks, as a shell does, except for those in double quotes. */
  private static String[] words(String command) {
    return WORD.matcher(command)
        .results()
        .map(word -> word.group(1) == null ? word.group() : word.group(1))
        .toArray(String[]::new);
  }

  // the second terminal's line is not in a block of its own: what it needs is printed by the first
  private void serve(String[] arguments, Map<String, String> environment, List<ForkedJvm> servers)
      throws Exception {
    Path key = directory.resolve("acme.key");
    if (arguments[1].equals("user")) {
      List<String> here = new ArrayList<>(List.of(arguments));
      here.replaceAll(each -> each.equals("acme.key") ? key.toString() : each);
      CommandLineRun added = CommandLineRun.of(environment, here.toArray(String[]::new));
      assertThat(added.code()).as(added.err()).isZero();
      assertThat(key).isRegularFile();
      return;
    }
    Path served = Files.createDirectories(directory.resolve("served"));
    Path orders = Files.createDirectories(directory.resolve("orders"));
    Files.writeString(orders.resolve("a.csv"), "a;b");
    ForkedJvm.Builder builder =
        ForkedJvm.running(Main.class).args("serve", served.toString(), "--listen", "127.0.0.1:0");
    environment.forEach(builder::environment);
    ForkedJvm server = builder.start();
    servers.add(server);
    server.awaitLine("Ctrl-C ends it.*", Duration.ofSeconds(60));
    Matcher line =
        Pattern.compile("send +waybill copy FILE (\\S+) --key-file acme\\.key (--pin \\S+)")
            .matcher(server.output());
    assertThat(line.find()).as(server.output()).isTrue();
    CommandLineRun copied =
        CommandLineRun.of(
            environment,
            "copy",
            orders + "/",
            line.group(1) + "orders/",
            "--key-file",
            key.toString(),
            "--pin",
            line.group(2).substring("--pin ".length()));
    assertThat(copied.code()).as(copied.err()).isZero();
    assertThat(served.resolve("orders/a.csv")).hasContent("a;b");
  }

  private static ForkedJvm daemon(String[] arguments, Map<String, String> environment)
      throws InterruptedException {
    ForkedJvm.Builder builder = ForkedJvm.running(Main.class).args(arguments);
    environment.forEach(builder::environment);
    ForkedJvm daemon = builder.start();
    daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
    return daemon;
  }

  private static List<String> commands(String readme) {
    return SHELL
        .matcher(readme)
        .results()
        .flatMap(block -> block.group(1).lines())
        .map(line -> line.replaceFirst(" +#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  @Test
  void theApplicationOfTheExampleFiresItsJobs() throws Exception {
    try (Sandbox sandbox = Sandbox.start(directory.resolve("partner"), directory.resolve("hub"))) {
      Path file = NightlyOrders.pointedAt(sandbox, directory);
      Path secrets = Files.createDirectories(directory.resolve("secrets"));
      for (Map.Entry<String, String> secret : NightlyOrders.secrets(sandbox).entrySet()) {
        Path path = Files.writeString(secrets.resolve(secret.getKey()), secret.getValue());
        Files.writeString(
            file,
            Files.readString(file)
                .replace("env: " + secret.getKey() + " ", "file: \"" + path + "\" "));
      }
      CountDownLatch end = new CountDownLatch(1);
      CompletableFuture<RunRecord> ended = new CompletableFuture<>();
      Thread application =
          new Thread(
              () -> {
                try {
                  ScheduleInApplication.run(
                      file,
                      directory.resolve("state"),
                      event -> {
                        if (event instanceof RunEvent.RunEnded over) {
                          ended.complete(over.record());
                        }
                      },
                      end);
                } catch (InterruptedException e) {
                  fail(e);
                }
              });
      application.start();
      RunRecord record;
      try {
        record = ended.get(60, TimeUnit.SECONDS);
      } finally {
        end.countDown();
        application.join();
      }
      assertThat(record.isSuccess()).as(record.run().message()).isTrue();
      assertThat(directory.resolve("hub/orders/scan.bin")).hasSize(3_000_000);
    }
  }
}
