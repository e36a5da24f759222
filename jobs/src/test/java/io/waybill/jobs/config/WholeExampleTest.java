package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.Due;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.NotifyPolicy;
import io.waybill.jobs.NotifyPolicy.FailureRule;
import io.waybill.jobs.TextMatch;
import io.waybill.jobs.Trigger;
import io.waybill.jobs.step.StepTypes;
import io.waybill.scheduler.DayCalendar;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The whole language in one file, with the calendar and the template that it names. */
class WholeExampleTest {
  private final List<Problem> warnings = new ArrayList<>();

  private static Path file() {
    try {
      return Path.of(
          Objects.requireNonNull(WholeExampleTest.class.getResource("example/example.waybill.yml"))
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private Configuration load(String text) {
    Path file = file();
    return new JobFileLoader(
            StepTypes.all(),
            new SecretSources(Map.of(), s -> {}, w -> {}),
            warnings::add,
            InstantSource.fixed(Instant.parse("2026-11-01T00:00:00Z")))
        .loadText(
            String.valueOf(file.getFileName()), text, Objects.requireNonNull(file.getParent()));
  }

  private Configuration loaded() throws IOException {
    return load(Files.readString(file()));
  }

  @Test
  void theItemsOfTriggersHaveSteps() throws IOException {
    Configuration configuration = loaded();
    assertThat(configuration.job("invoice-intake").orElseThrow().each()).isPresent();
    assertThat(configuration.job("outbox-upload").orElseThrow().each()).isPresent();
    assertThat(configuration.job("heartbeat").orElseThrow().each()).isEmpty();
  }

  @Test
  void nothingOfItIsLeftToALaterVersion() throws IOException {
    loaded();
    assertThat(warnings)
        .extracting(problem -> problem.message())
        .noneMatch(message -> message.contains(" yet"));
  }

  @Test
  void whoHearsOfWhatIsAsTheFileSays() throws IOException {
    Configuration configuration = loaded();
    assertThat(configuration.alerts())
        .satisfiesExactly(
            mail ->
                assertThat(mail)
                    .isEqualTo(
                        new AlertChannel.Mail(
                            "ops-mail",
                            "outgoing",
                            "robot@acme.example",
                            List.of("ops@acme.example"))),
            pager ->
                assertThat(pager)
                    .isInstanceOfSatisfying(
                        AlertChannel.Webhook.class,
                        hook -> {
                          assertThat(hook.name()).isEqualTo("pager");
                          assertThat(hook.address())
                              .isInstanceOf(AlertChannel.Address.Hidden.class);
                          assertThat(hook.form())
                              .isEqualTo(new AlertChannel.Form.Generic(Optional.empty()));
                        }));
    JobDefinition statements = configuration.job("bank-statements").orElseThrow();
    assertThat(statements.due()).contains(new Due.Daily(LocalTime.of(6, 0), Optional.empty()));
    assertThat(statements.notifyPolicy())
        .isEqualTo(
            new NotifyPolicy(
                new FailureRule(
                    List.of("ops-mail"), 1, Optional.empty(), Optional.of(Duration.ofHours(24))),
                List.of("ops-mail"),
                List.of("ops-mail", "pager"),
                List.of(),
                List.of()));
    assertThat(configuration.job("heartbeat").orElseThrow().notifyPolicy())
        .isEqualTo(
            new NotifyPolicy(
                new FailureRule(
                    List.of("pager"),
                    3,
                    Optional.of(Duration.ofMinutes(20)),
                    Optional.of(Duration.ofHours(1))),
                List.of("pager"),
                List.of("ops-mail", "pager"),
                List.of(),
                List.of()));
  }

  @Test
  void whatStartsItsJobsIsAsTheFileSays() throws IOException {
    Configuration configuration = loaded();
    Trigger mail =
        configuration.job("invoice-intake").orElseThrow().triggers().stream()
            .findFirst()
            .orElseThrow();
    assertThat(mail)
        .isInstanceOfSatisfying(
            Trigger.MailArrives.class,
            arrives -> {
              assertThat(arrives.folder()).isEqualTo(new Trigger.Folder("mailbox", "INBOX"));
              assertThat(arrives.choice())
                  .isEqualTo(
                      new Trigger.MailChoice(
                          Optional.of(new TextMatch.Regex("(?i)invoice")),
                          Optional.of(new TextMatch.Patterns(List.of("*@supplier.example"))),
                          Optional.empty(),
                          Optional.of(new TextMatch.Patterns(List.of("*.pdf")))));
              assertThat(arrives.watching())
                  .isEqualTo(new Trigger.Watching(true, Trigger.Start.NOW));
              assertThat(arrives.intake())
                  .isEqualTo(new Trigger.Intake(Duration.ofMinutes(5), 100, 5));
              Trigger.Quiet quiet = arrives.quiet().orElseThrow();
              assertThat(quiet.alertAfter()).isEqualTo(Duration.ofHours(26));
              assertThat(quiet.during().map(DayCalendar::name)).contains("bank-days");
            });
    assertThat(configuration.job("outbox-upload").orElseThrow().triggers())
        .containsExactly(
            new Trigger.FilesArrive(
                "/srv/waybill/out",
                new Trigger.FileChoice(
                    Optional.of(new TextMatch.Patterns(List.of("*.xml"))),
                    List.of(),
                    false,
                    Trigger.Order.OLDEST),
                new Trigger.Finished(Optional.of(Duration.ofSeconds(10)), Optional.empty()),
                new Trigger.Intake(Duration.ofSeconds(30), 100, 5),
                Optional.empty()));
  }
}
