package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.cli.Main;
import io.waybill.testkit.ForkedJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code waybill init} writes runs against what {@code waybill sandbox} starts. */
@Timeout(180)
class InitIT {
  @TempDir Path directory;

  @Test
  void theStarterRunsAgainstASandbox() throws Exception {
    try (ForkedJvm sandbox = ForkedJvm.running(Main.class).args("sandbox").start()) {
      sandbox.awaitLine("Ctrl-C ends them.*", Duration.ofSeconds(60));
      Matcher line =
          Pattern.compile("waybill (init) jobs.yml --sandbox (\\S+)").matcher(sandbox.output());
      assertThat(line.find()).as(sandbox.output()).isTrue();
      String file = directory.resolve("jobs.yml").toString();
      Map<String, String> environment =
          Map.of("WAYBILL_STATE", directory.resolve("state").toString());

      CommandLineRun init =
          CommandLineRun.of(environment, "init", file, "--sandbox", line.group(2));
      assertThat(init.code()).as(init.err()).isZero();
      CommandLineRun run = CommandLineRun.of(environment, "run", "orders", "-c", file);

      assertThat(run.code()).as(run.out() + run.err()).isZero();
      assertThat(Path.of(line.group(2), "hub", "orders", "orders.csv"))
          .hasContent("id;amount\n1;17\n");
    }
  }
}
