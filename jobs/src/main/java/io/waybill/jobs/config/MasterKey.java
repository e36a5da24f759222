package io.waybill.jobs.config;

import io.waybill.jobs.JobException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What opens a keystore: a text in an environment variable, or in a file that one names. */
final class MasterKey {
  static final String VARIABLE = "WAYBILL_MASTER_KEY";
  static final String FILE_VARIABLE = "WAYBILL_MASTER_KEY_FILE";
  private static final int SHORTEST = 16;

  private final Map<String, String> environment;
  private final SecretSources sources;

  MasterKey(Map<String, String> environment, SecretSources sources) {
    this.environment = environment;
    this.sources = sources;
  }

  /**
   * Fetches it.
   *
   * @param keystore that it is for, for messages
   * @throws JobException.Configuration if there is none, both places have one, or it is too short
   */
  String get(Path keystore) {
    Optional<String> text = given(VARIABLE);
    Optional<String> file = given(FILE_VARIABLE);
    if (text.isPresent() == file.isPresent()) {
      throw new JobException.Configuration(
          text.isPresent()
              ? "both $%s and $%s are set; leave one out".formatted(VARIABLE, FILE_VARIABLE)
              : "keystore %s needs its master key: set $%s, or $%s to the path of a file that holds it"
                  .formatted(keystore, VARIABLE, FILE_VARIABLE));
    }
    String key =
        text.isPresent()
            ? sources.fromEnvironment("master key", VARIABLE).get()
            : sources.fromFile("master key", Path.of(file.orElseThrow())).get();
    if (key.length() < SHORTEST) {
      throw new JobException.Configuration(
          "the master key has fewer than "
              + SHORTEST
              + " characters, and could be guessed; make one: openssl rand -base64 32");
    }
    return key;
  }

  private Optional<String> given(String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isEmpty());
  }
}
