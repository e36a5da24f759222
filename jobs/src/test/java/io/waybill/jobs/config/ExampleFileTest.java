package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.Parameter;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.Template;
import io.waybill.jobs.expression.ArgumentRenderer;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.ParameterResolver;
import io.waybill.jobs.expression.Scope;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.RetryPolicy;
import io.waybill.scheduler.Schedule;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A whole file, from its text to the arguments of a step. */
class ExampleFileTest {
  private final List<Problem> warnings = new ArrayList<>();
  private final List<String> revealed = new ArrayList<>();
  private final Configuration configuration =
      new JobFileLoader(
              FakeStepType.ALL,
              new SecretSources(Map.of("BANK_FTP_PASSWORD", "s3cret"), revealed::add, w -> {}),
              warnings::add)
          .load(file());
  private final JobDefinition job = configuration.job("bank-statements").orElseThrow();

  private static Path file() {
    try {
      return Path.of(
          Objects.requireNonNull(ExampleFileTest.class.getResource("reduced-example.waybill.yml"))
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everyConnectionIsThere() {
    assertThat(configuration.connections().names())
        .containsExactly("bank", "mailbox", "outgoing", "hub");
    Connection.Outgoing outgoing =
        configuration.connections().require("outgoing", Connection.Outgoing.class);
    assertThat(outgoing.host()).isEqualTo("smtp.acme.example");
    assertThat(outgoing.port()).isEqualTo(587);
    assertThat(outgoing.tls()).isEqualTo(Tls.STARTTLS);
    assertThat(outgoing.from()).contains("robot@acme.example");
  }

  @Test
  void aSecretIsFetchedWhenItIsAskedForAndNotBefore() {
    Connection.Ftp bank = configuration.connections().require("bank", Connection.Ftp.class);

    assertThat(revealed).isEmpty();
    assertThat(bank.password().get()).isEqualTo("s3cret");
    assertThat(revealed).containsExactly("s3cret");
    assertThat(configuration.toString()).doesNotContain("s3cret");
  }

  @Test
  void aPasswordInClearOverTheNetworkIsAWarning() {
    assertThat(warnings)
        .extracting(Problem::message)
        .containsExactly("connection \"bank\" sends its password to ftp.bank.example in clear");
    assertThat(warnings.get(0).position().line()).isEqualTo(21);
  }

  @Test
  void theJobIsAsTheFileSays() {
    assertThat(configuration.zone()).isEqualTo(ZoneId.of("Europe/Paris"));
    assertThat(configuration.daemon().listen().port()).isEqualTo(7480);
    assertThat(configuration.vars()).containsExactly(Map.entry("inbox", "/srv/waybill/in"));
    assertThat(job.description()).startsWith("Fetch yesterday's");
    assertThat(job.tags()).containsExactly("treasury");
    assertThat(job.schedules()).containsExactly(new Schedule.Cron("30 2 * * *"));
    assertThat(job.overlap()).isEqualTo(OverlapPolicy.SKIP);
    assertThat(job.missed()).isEqualTo(MissedPolicy.runOnce(Duration.ofHours(6)));
    assertThat(job.retry()).isEqualTo(RetryPolicy.builder().build());
    assertThat(job.parameters())
        .singleElement()
        .satisfies(
            parameter -> {
              assertThat(parameter.type()).isEqualTo(Parameter.Type.DATE);
              assertThat(parameter.fallback()).containsInstanceOf(Template.class);
            });
    assertThat(job.position().line()).isEqualTo(51);
    assertThat(job.position().column()).isEqualTo(3);
  }

  @Test
  void stepsHaveIdsAndTheirOwnPolicies() {
    assertThat(job.steps(Hook.STEPS))
        .extracting(StepDefinition::id)
        .containsExactly("pull", "copy", "report");
    assertThat(job.steps(Hook.ON_FAILURE))
        .extracting(StepDefinition::id)
        .containsExactly("on-failure-mail-send");
    StepDefinition.Policy policy = job.steps(Hook.STEPS).get(1).policy();
    assertThat(policy.timeout()).contains(Duration.ofMinutes(10));
    assertThat(policy.retry())
        .contains(
            RetryPolicy.builder()
                .maxAttempts(40)
                .backoff(Duration.ofSeconds(30), Duration.ofHours(1), 3)
                .giveUpAfter(Duration.ofHours(24))
                .build());
  }

  @Test
  void argumentsAreRenderedForARun() {
    Scope run =
        Scope.of(
            job.zone(),
            Map.of(
                "run", Map.of("scheduled-date", LocalDate.of(2026, 2, 1)),
                "vars", configuration.vars(),
                "steps", Map.of("pull", Map.of("files", List.of("a", "b"), "bytes", 1536L))));
    Scope scope =
        run.with(
            "params",
            new ParameterResolver(Filters.standard()).resolve(job.parameters(), Map.of(), run));
    ArgumentRenderer renderer = new ArgumentRenderer(Filters.standard());

    assertThat(renderer.render(job.steps(Hook.STEPS).get(0), scope).asMap())
        .containsEntry("from", "bank:/out/STMT_20260131_*.csv")
        .containsEntry("to", "/srv/waybill/in/bank/2026-01-31/")
        .containsEntry("overwrite", false);
    assertThat(renderer.render(job.steps(Hook.STEPS).get(2), scope).asMap())
        .containsEntry("to", List.of("treasury@acme.example"))
        .containsEntry("subject", "Statements 2026-01-31: 2 files")
        .containsEntry("text", "In total: 1.5 KiB.\n${this} is no expression.\n");
  }
}
