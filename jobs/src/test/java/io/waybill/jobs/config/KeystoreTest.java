package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.jobs.JobException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets in a sealed file. */
class KeystoreTest {
  private static final String MASTER = "a master key of some length";
  private static final String VALUE = "hunter2hunter2";

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameIt() {
    file = directory.resolve("sub").resolve("secrets.keystore");
  }

  private Keystore keystore(Map<String, String> environment) {
    return Keystore.at(
        file, environment, new SecretSources(environment, value -> {}, warning -> {}), 1_000);
  }

  private Keystore keystore() {
    return keystore(Map.of(MasterKey.VARIABLE, MASTER));
  }

  private void assertRefused(Runnable use, String why) {
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(use::run)
        .withMessageContaining(why)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(VALUE, MASTER));
  }

  @Test
  void whatIsSetIsThereForWhoHasTheMasterKey() throws IOException {
    assertThat(keystore().names()).isEmpty();
    assertThat(keystore().set("bank", VALUE)).isFalse();
    assertThat(keystore().set("hub", "línea 1\nlínea 2\n")).isFalse();
    assertThat(keystore().set("bank", VALUE + "!")).isTrue();

    assertThat(keystore().names()).containsExactly("bank", "hub");
    assertThat(keystore().get("bank")).isEqualTo(VALUE + "!");
    assertThat(keystore().get("hub")).isEqualTo("línea 1\nlínea 2\n");
    assertThat(Files.readString(file)).startsWith("waybill-keystore/1 ").doesNotContain("bank");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void nothingUnfinishedIsLeftBeside() throws IOException {
    keystore().set("bank", VALUE);
    try (Stream<Path> files = Files.list(directory.resolve("sub"))) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("secrets.keystore", "secrets.keystore.lock");
    }
  }

  @Test
  void theMasterKeyMayBeInAFile() throws IOException {
    keystore().set("bank", VALUE);
    Path key = Files.writeString(directory.resolve("key"), MASTER + "\n");

    assertThat(keystore(Map.of(MasterKey.FILE_VARIABLE, key.toString())).get("bank"))
        .isEqualTo(VALUE);
  }

  @Test
  void withoutAMasterKeyItSaysWhichIsMissing() {
    assertRefused(
        () -> keystore(Map.of()).set("a", "b"),
        "set $WAYBILL_MASTER_KEY, or $WAYBILL_MASTER_KEY_FILE");
    assertRefused(
        () -> keystore(Map.of(MasterKey.VARIABLE, "short")).set("a", "b"), "fewer than 16");
    assertRefused(
        () ->
            keystore(Map.of(MasterKey.VARIABLE, MASTER, MasterKey.FILE_VARIABLE, "/x"))
                .set("a", "b"),
        "both");
    assertThat(file).doesNotExist();
  }

  @Test
  void anotherMasterKeyIsToldFromDamage() throws IOException {
    keystore().set("bank", VALUE);
    byte[] before = Files.readAllBytes(file);
    Keystore other = keystore(Map.of(MasterKey.VARIABLE, "another master key than that"));

    assertRefused(() -> other.get("bank"), "the master key is not that of keystore " + file);
    assertRefused(() -> other.set("bank", "x"), "the master key is not that of");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void noByteCanBeChangedUnnoticed() throws IOException {
    keystore().set("bank", VALUE);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      byte[] changed = whole.clone();
      int at = random.nextInt(changed.length);
      changed[at] ^= (byte) (1 << random.nextInt(7));
      Files.write(file, changed);

      assertThatThrownBy(() -> keystore().get("bank"))
          .as("byte %d of %s", at, new String(whole, StandardCharsets.US_ASCII))
          .isInstanceOf(JobException.Configuration.class)
          .hasMessageContaining(file.toString());
    }
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> keystore().get("bank"))
          .as("cut after %d", length)
          .isInstanceOf(JobException.Configuration.class);
    }
  }

  @Test
  void anotherFileIsNotOverwritten() throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "version: 1\n");

    assertRefused(() -> keystore().set("a", "b"), "is no keystore");
    assertThat(file).hasContent("version: 1\n");
  }

  @Test
  void whatIsNotThereIsAnsweredWithTheNearest() {
    assertRefused(() -> keystore().get("bank"), "does not exist; \"waybill secret set bank\"");
    keystore().set("bank", VALUE);

    assertRefused(() -> keystore().get("bnak"), "did you mean \"bank\"?");
    assertRefused(() -> keystore().remove("other"), "has no secret \"other\"");
    keystore().remove("bank");
    assertThat(keystore().names()).isEmpty();
  }

  @Test
  void namesAndValuesHaveBounds() {
    assertRefused(() -> keystore().set("a.b", "x"), "cannot be called \"a.b\"");
    assertRefused(() -> keystore().set("a", ""), "is empty");
    assertRefused(() -> keystore().set("a", "x".repeat(65_537)), "more than 64 KiB");
  }

  @Test
  void severalAtATimeLoseNothing() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String name = "s" + i;
      Thread thread = new Thread(() -> keystore().set(name, VALUE));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(keystore().names()).containsExactly("s0", "s1", "s2", "s3");
  }

  @Test
  void aJobFileTakesASecretFromIt() {
    keystore().set("bank", VALUE);
    List<String> revealed = new ArrayList<>();
    SecretSources sources =
        new SecretSources(
            Map.of(MasterKey.VARIABLE, MASTER), () -> file, revealed::add, warning -> {});

    assertThat(sources.fromKeystore("s", "bank", Optional.empty()).get()).isEqualTo(VALUE);
    assertThat(revealed).containsExactly(MASTER, VALUE);
    assertRefused(
        () -> sources.fromKeystore("s", "hub", Optional.of(file)).get(),
        "secret \"s\": keystore " + file + " has no secret \"hub\"");
  }
}
