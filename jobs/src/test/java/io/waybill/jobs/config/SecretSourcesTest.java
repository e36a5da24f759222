package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretSourcesTest {
  @TempDir Path directory;

  private final List<String> revealed = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final SecretSources sources =
      new SecretSources(Map.of("SET", "value", "BLANK", ""), revealed::add, warnings::add);

  private Secret file(String content, String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return sources.fromFile("s", file);
  }

  private static void assertFails(Secret secret, String message) {
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(secret::get)
        .withMessageContaining(message);
  }

  @Test
  void comesFromTheEnvironment() {
    assertThat(sources.fromEnvironment("s", "SET").get()).isEqualTo("value");
    assertThat(revealed).containsExactly("value");
  }

  @Test
  void aVariableThatIsNotSetIsNamed() {
    assertFails(
        sources.fromEnvironment("s", "UNSET"),
        "secret \"s\": environment variable UNSET is not set; set it for the process that runs waybill");
    assertFails(sources.fromEnvironment("s", "BLANK"), "BLANK is empty");
  }

  @Test
  void comesFromAFileWithoutTheLineEndAtItsEnd() throws IOException {
    assertThat(file("va lue\n", "rw-------").get()).isEqualTo("va lue");
    assertThat(file("value\r\n", "rw-------").get()).isEqualTo("value");
    assertThat(file("va\nlue\n\n", "rw-------").get()).isEqualTo("va\nlue\n");
    assertThat(warnings).isEmpty();
  }

  @Test
  void aFileIsReadAgainEachTime() throws IOException {
    Secret secret = file("one", "rw-------");
    assertThat(secret.get()).isEqualTo("one");
    Files.writeString(directory.resolve("secret"), "two");

    assertThat(secret.get()).isEqualTo("two");
  }

  @Test
  void aFileThatEverybodyCanReadIsWarnedAboutOnce() throws IOException {
    Secret secret = file("value", "rw-r--r--");
    assertThat(List.of(secret.get(), secret.get())).containsExactly("value", "value");

    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("everybody", "chmod 600")
        .doesNotContain("value");
  }

  @Test
  void whatIsNoSecretFileIsNamed() throws IOException {
    assertFails(sources.fromFile("s", directory.resolve("none")), "none does not exist");
    assertFails(sources.fromFile("s", directory), "is no regular file");
    assertFails(file("", "rw-------"), "is empty");
    assertFails(file("\n", "rw-------"), "is empty");
    assertFails(file("x".repeat(SecretSources.MOST_BYTES + 1), "rw-------"), "more than 64 KiB");
    Files.write(directory.resolve("secret"), new byte[] {(byte) 0xC3, 0x28});
    assertFails(sources.fromFile("s", directory.resolve("secret")), "not UTF-8");
  }

  @Test
  void aValueIsInNoTextOfTheReference() throws IOException {
    Secret secret = file("value", "rw-------");
    assertThat(secret.get()).isEqualTo("value");

    assertThat(secret.toString()).isEqualTo("Secret[s]");
  }
}
