package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets of this machine, from the command line. */
class SecretVerbsTest {
  private static final String VALUE = "hunter2hunter2";

  @TempDir Path directory;
  private Map<String, String> environment;

  @BeforeEach
  void sealedByAKey() {
    environment =
        Map.of(
            "WAYBILL_STATE",
            directory.resolve("state").toString(),
            "WAYBILL_MASTER_KEY",
            "a master key of some length");
  }

  private CommandLineRun secret(String input, String... arguments) {
    List<String> line = new ArrayList<>(List.of("secret"));
    line.addAll(List.of(arguments));
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return CommandLineRun.of(environment, line.toArray(String[]::new));
    } finally {
      System.setIn(before);
    }
  }

  private Path jobFile() throws IOException {
    return Files.writeString(
        directory.resolve("waybill.yml"),
        """
        version: 1
        timezone: UTC
        secrets:
          bank-password: { keystore: bank }
          hub-key: { env: HUB_KEY }
        """);
  }

  @Test
  void aSecretIsSetListedTestedAndRemoved() throws IOException {
    CommandLineRun set = secret(VALUE + "\n", "set", "bank");
    assertThat(set.code()).as(set.err()).isZero();
    assertThat(set.out())
        .isEqualTo("secret bank is set in " + directory.resolve("state/secrets.keystore") + "\n");
    assertThat(secret("", "list").out()).isEqualTo("bank\n");

    CommandLineRun test = secret("", "test", "bank-password", "-c", jobFile().toString());
    assertThat(test.out()).isEqualTo("secret bank-password is there: 14 characters\n");
    assertThat(set.out() + set.err() + test.out() + test.err()).doesNotContain(VALUE);

    assertThat(secret("", "remove", "bank").code()).isZero();
    assertThat(secret("", "test", "bank-password", "-c", jobFile().toString()).err())
        .contains("secret \"bank-password\": keystore ", "has no secret \"bank\"");
  }

  @Test
  void theKeystoreLiesInTheStateDirectoryOfTheLine() throws IOException {
    String other = directory.resolve("other").toString();
    assertThat(secret(VALUE, "set", "bank", "--state", other).code()).isZero();

    assertThat(
            secret("", "test", "bank-password", "-c", jobFile().toString(), "--state", other)
                .code())
        .isZero();
    assertThat(secret("", "test", "bank-password", "-c", jobFile().toString()).code()).isEqualTo(2);
  }

  @Test
  void oneThatCannotBeHadSaysWhy() throws IOException {
    String file = jobFile().toString();

    assertThat(secret("", "test", "hub-key", "-c", file).err())
        .contains("environment variable HUB_KEY is not set");
    assertThat(secret("", "test", "hub-kye", "-c", file).err())
        .isEqualTo("waybill: the job file has no secret \"hub-kye\"; did you mean \"hub-key\"?\n");
    assertThat(secret("", "set", "bank").err()).contains("secret \"bank\" is empty");
  }

  @Test
  void aProgramReadsJson() {
    secret(VALUE, "set", "bank");

    assertThat(Json.readObject(secret("", "list", "-o", "json").out()))
        .containsEntry("schema", "waybill.secrets/1")
        .containsEntry("secrets", List.of(Map.of("name", "bank")));
    assertThat(Json.readObject(secret(VALUE, "set", "bank", "-o", "json").out()))
        .containsEntry("schema", "waybill.secret/1")
        .containsEntry("replaced", true);
  }
}
