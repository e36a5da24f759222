package io.waybill.jobs.config;

import io.waybill.jobs.JobException;
import io.waybill.jobs.expression.NearestName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Secrets in a file of this machine, sealed by a master key. What is read is read anew each time,
 * so that a secret that was set is seen at once. Safe for use by many threads and processes.
 */
public final class Keystore {
  private final KeystoreFile file;
  private final KeystoreCipher cipher;
  private final MasterKey masterKey;

  private Keystore(Path file, MasterKey masterKey, int rounds) {
    this.file = new KeystoreFile(file);
    cipher = new KeystoreCipher(this.file.path(), rounds);
    this.masterKey = masterKey;
  }

  /**
   * Returns the keystore in a file, which need not be there yet.
   *
   * @param environment {@code WAYBILL_MASTER_KEY} or {@code WAYBILL_MASTER_KEY_FILE}
   * @param sources read the master key, so that the log masks it too
   */
  public static Keystore at(Path file, Map<String, String> environment, SecretSources sources) {
    return at(file, environment, sources, KeystoreCipher.ROUNDS);
  }

  /** Returns one whose master key is stretched by so many rounds when it is written. */
  static Keystore at(
      Path file, Map<String, String> environment, SecretSources sources, int rounds) {
    return new Keystore(file, new MasterKey(environment, sources), rounds);
  }

  /** Returns its file. */
  public Path path() {
    return file.path();
  }

  /**
   * Returns the names of its secrets in alphabetical order; none if there is no file.
   *
   * @throws JobException.Configuration if it cannot be opened
   */
  public List<String> names() {
    return file.read().map(bytes -> List.copyOf(open(bytes).keySet())).orElse(List.of());
  }

  /**
   * Returns the value of a secret.
   *
   * @throws JobException.Configuration if it has none of this name, or cannot be opened
   */
  public String get(String name) {
    byte[] bytes =
        file.read()
            .orElseThrow(
                () ->
                    new JobException.Configuration(
                        "keystore %s does not exist; \"waybill secret set %s\" makes it"
                            .formatted(path(), name)));
    SortedMap<String, String> secrets = open(bytes);
    String value = secrets.get(name);
    if (value == null) {
      throw missing(name, secrets);
    }
    return value;
  }

  /**
   * Puts a secret in the place of what had its name; makes the file if there is none.
   *
   * @param value at least one character, at most 64 KiB in UTF-8
   * @return whether there was one of this name
   * @throws JobException.Configuration if the name or the value is none, or it cannot be opened or
   *     written; it is as it was then
   */
  public boolean set(String name, String value) {
    if (!Names.PLAIN.pattern().matcher(name).matches()) {
      throw new JobException.Configuration(
          "a secret cannot be called \"" + name + "\"; use " + Names.PLAIN.inWords());
    }
    int length = value.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > SecretSources.MOST_BYTES) {
      throw new JobException.Configuration(
          "secret \"" + name + "\" " + (length == 0 ? "is empty" : "has more than 64 KiB"));
    }
    boolean[] isThere = new boolean[1];
    change(
        secrets -> {
          isThere[0] = secrets.put(name, value) != null;
          return secrets;
        });
    return isThere[0];
  }

  /**
   * Removes a secret.
   *
   * @throws JobException.Configuration if it has none of this name, or cannot be opened or written
   */
  public void remove(String name) {
    change(
        secrets -> {
          if (secrets.remove(name) == null) {
            throw missing(name, secrets);
          }
          return secrets;
        });
  }

  private void change(UnaryOperator<SortedMap<String, String>> change) {
    String key = masterKey.get(path());
    file.change(
        bytes ->
            cipher.seal(
                key, change.apply(bytes.length == 0 ? new TreeMap<>() : cipher.open(key, bytes))));
  }

  private SortedMap<String, String> open(byte[] bytes) {
    return cipher.open(masterKey.get(path()), bytes);
  }

  private JobException.Configuration missing(String name, Map<String, String> secrets) {
    return new JobException.Configuration(
        "keystore %s has no secret \"%s\"; %s"
            .formatted(
                path(),
                name,
                NearestName.of(name, secrets.keySet())
                    .map(near -> "did you mean \"" + near + "\"?")
                    .orElse("\"waybill secret set " + name + "\" puts one into it")));
  }
}
