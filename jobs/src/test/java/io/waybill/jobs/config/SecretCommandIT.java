package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real programs of this machine. */
@Timeout(60)
class SecretCommandIT {
  private final SecretSources sources = new SecretSources(Map.of(), s -> {}, w -> {});

  private Secret command(Duration timeout, String... words) {
    return sources.fromCommand("s", List.of(words), timeout);
  }

  private static void assertFails(Secret secret, String message) {
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(secret::get)
        .withMessageContaining(message);
  }

  @Test
  void theArgumentsReachTheProgramAsTheyAre() {
    assertThat(command(Duration.ofSeconds(30), "echo", "$HOME; `x` y").get())
        .isEqualTo("$HOME; `x` y");
  }

  @Test
  void aProgramThatFailsIsNamedWithoutItsArguments() {
    assertFails(
        command(Duration.ofSeconds(30), "false", "arg"), "command false ended with exit code 1");
    assertFails(command(Duration.ofSeconds(30), "no-such-program-here"), "cannot be started");
    assertFails(command(Duration.ofSeconds(30), "true"), "is empty");
  }

  @Test
  void aProgramThatDoesNotEndIsKilled() {
    assertFails(command(Duration.ofMillis(200), "sleep", "60"), "took longer than 200 ms");
  }

  @Test
  void aProgramThatPrintsWithoutEndIsKilled() {
    assertFails(command(Duration.ofSeconds(30), "yes"), "more than 64 KiB");
  }
}
