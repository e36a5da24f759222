package io.waybill.jobs.config;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes references to secrets. A value is fetched each time it is asked for, so that a rotated one
 * is seen at once.
 */
public final class SecretSources {
  static final int MOST_BYTES = 64 << 10;

  private final Map<String, String> environment;
  private final Supplier<Path> keystore;
  private final Consumer<String> onReveal;
  private final Consumer<String> onWarning;
  private final Map<Path, Keystore> keystores = new ConcurrentHashMap<>();
  private final Set<Path> warnedAbout = ConcurrentHashMap.newKeySet();

  /**
   * Creates sources.
   *
   * @param environment variables by name
   * @param onReveal told of each value before it is handed out, so that the log can mask it
   * @param onWarning told, once, of each file that everybody on this machine can read
   */
  public SecretSources(
      Map<String, String> environment, Consumer<String> onReveal, Consumer<String> onWarning) {
    this(
        environment,
        () -> StateDirectory.of(Optional.empty(), environment).keystore(),
        onReveal,
        onWarning);
  }

  /**
   * Creates sources with a keystore that lies elsewhere than in the state directory of the
   * environment.
   *
   * @param keystore its file
   */
  public SecretSources(
      Map<String, String> environment,
      Supplier<Path> keystore,
      Consumer<String> onReveal,
      Consumer<String> onWarning) {
    this.environment = Map.copyOf(environment);
    this.keystore = Objects.requireNonNull(keystore, "keystore");
    this.onReveal = Objects.requireNonNull(onReveal, "onReveal");
    this.onWarning = Objects.requireNonNull(onWarning, "onWarning");
  }

  /** Refers to an environment variable. */
  public Secret fromEnvironment(String name, String variable) {
    return new Secret(name, () -> fromEnvironmentNow(name, variable), onReveal).atHand();
  }

  /**
   * Refers to a file of at most 64 KiB in UTF-8. A line end at its end does not belong to the
   * secret.
   */
  public Secret fromFile(String name, Path file) {
    return new Secret(name, () -> fromFileNow(name, file), onReveal).atHand();
  }

  /**
   * Refers to what a program prints, at most 64 KiB in UTF-8. A line end at its end does not belong
   * to the secret.
   *
   * @param command program and arguments; no shell reads them
   * @param timeout after which the program is killed
   */
  public Secret fromCommand(String name, List<String> command, Duration timeout) {
    SecretCommand source = new SecretCommand(name, command, timeout);
    return new Secret(name, () -> text(name, source.description(), source.run()), onReveal);
  }

  /**
   * Refers to a secret of a keystore.
   *
   * @param entry its name there
   * @param file the keystore's; empty for the one in the state directory
   */
  public Secret fromKeystore(String name, String entry, Optional<Path> file) {
    return new Secret(name, () -> fromKeystoreNow(name, entry, file.orElseGet(keystore)), onReveal);
  }

  private String fromKeystoreNow(String name, String entry, Path file) {
    try {
      return keystores
          .computeIfAbsent(file, path -> Keystore.at(path, environment, this))
          .get(entry);
    } catch (JobException.Configuration e) {
      throw new JobException.Configuration("secret \"" + name + "\": " + e.getMessage(), e);
    }
  }

  private String fromEnvironmentNow(String name, String variable) {
    String value = environment.get(variable);
    if (value == null || value.isEmpty()) {
      throw new JobException.Configuration(
          "secret \""
              + name
              + "\": environment variable "
              + variable
              + (value == null ? " is not set" : " is empty")
              + "; set it for the process that runs waybill");
    }
    return value;
  }

  private String fromFileNow(String name, Path file) {
    String what = "file " + file;
    try {
      if (!Files.exists(file)) {
        throw new NoSuchFileException(file.toString());
      }
      if (!Files.isRegularFile(file)) {
        throw failure(name, what, "is no regular file", null);
      }
      warnIfWorldReadable(name, file);
      try (InputStream in = Files.newInputStream(file)) {
        return text(name, what, in.readNBytes(MOST_BYTES + 1));
      }
    } catch (NoSuchFileException e) {
      throw failure(name, what, "does not exist; create it, or correct its name", e);
    } catch (IOException e) {
      throw failure(name, what, "cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
  }

  private void warnIfWorldReadable(String name, Path file) throws IOException {
    PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (posix != null
        && posix.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ)
        && warnedAbout.add(file)) {
      onWarning.accept(
          "secret \""
              + name
              + "\": everybody on this machine can read "
              + file
              + "; run: chmod 600 "
              + file);
    }
  }

  private static String text(String name, String what, byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      throw failure(name, what, "gives more than 64 KiB, and so no secret", null);
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw failure(name, what, "gives something that is not UTF-8 text", null);
    }
    int end = text.length();
    if (end > 0 && text.charAt(end - 1) == '\n') {
      end--;
    }
    if (end > 0 && end < text.length() && text.charAt(end - 1) == '\r') {
      end--;
    }
    if (end == 0) {
      throw failure(name, what, "is empty", null);
    }
    return text.substring(0, end);
  }

  static JobException.Configuration failure(
      String name, String what, String why, @Nullable Throwable cause) {
    return new JobException.Configuration("secret \"" + name + "\": " + what + " " + why, cause);
  }
}
