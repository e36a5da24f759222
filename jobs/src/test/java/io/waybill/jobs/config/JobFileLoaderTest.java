package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobFileLoaderTest {
  private final List<Problem> warnings = new ArrayList<>();
  private final JobFileLoader loader =
      new JobFileLoader(
          FakeStepType.ALL, new SecretSources(Map.of(), s -> {}, w -> {}), warnings::add);

  @Test
  void loadsASimpleFile() {
    Configuration configuration =
        loader.loadText(
            "simple.yml",
            """
            version: 1
            timezone: Europe/Paris
            jobs:
              nightly:
                schedule: { daily: "02:30" }
                steps:
                  - copy: { from: /a, to: /b }
            """,
            Path.of(""));

    JobDefinition job = configuration.job("nightly").orElseThrow();
    assertThat(job.zone()).isEqualTo(ZoneId.of("Europe/Paris"));
    assertThat(job.steps(Hook.STEPS)).singleElement().extracting("id").isEqualTo("copy");
    assertThat(warnings).isEmpty();
  }
}
