package io.waybill.jobs.config;

import io.waybill.jobs.Secret;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads where secrets are had. What a file says in the place of a source is never repeated: it may
 * be the secret.
 */
final class SecretReader {
  private static final String SOURCES =
      "write where it is had: { env: NAME }, { file: PATH }, { command: [PROGRAM, ARGUMENT] } or {"
          + " keystore: NAME }";

  private final SecretSources sources;
  private final Map<String, Path> directories;
  private final Section.Readers readers;

  SecretReader(SecretSources sources, Map<String, Path> directories, Section.Readers readers) {
    this.sources = sources;
    this.directories = directories;
    this.readers = readers;
  }

  Map<String, Secret> read(Section top) {
    Map<String, Secret> secrets = new LinkedHashMap<>();
    for (YamlNode.Entry entry : Names.entries(top, "secrets", readers)) {
      Names.check(entry, Names.PLAIN, "a secret", readers.problems());
      secrets.put(entry.name(), read(entry, top).orElseGet(() -> undefined(entry.name())));
    }
    return secrets;
  }

  // Stands for a secret that is defined wrongly, so that its users are not blamed; the file is
  // refused anyway.
  private static Secret undefined(String name) {
    return new Secret(
        name,
        () -> {
          throw new IllegalStateException("secret \"" + name + "\" has no source");
        },
        value -> {});
  }

  private Optional<Secret> read(YamlNode.Entry entry, Section top) {
    String name = entry.name();
    if (!(entry.value() instanceof YamlNode.Mapping)) {
      readers
          .problems()
          .error(
              entry.value().origin(),
              "a value in the place of the source of secret \"" + name + "\"; " + SOURCES);
      return Optional.empty();
    }
    return Section.open(
            entry.value(),
            entry.key().origin(),
            TopLevelKeys.SECRET,
            LaterKeys.none(),
            name,
            top.place().in("secret \"" + name + "\""),
            readers)
        .flatMap(section -> source(name, section, entry));
  }

  private Optional<Secret> source(String name, Section section, YamlNode.Entry entry) {
    List<String> given = TopLevelKeys.SECRET.choice().stream().filter(section::has).toList();
    if (given.isEmpty() && !section.hasOnlyKnownKeys()) {
      // The unknown one was told, and is the source most likely.
      return Optional.empty();
    }
    if (given.size() != 1) {
      Origin where = given.isEmpty() ? entry.key().origin() : section.origin(given.get(1));
      String what = given.isEmpty() ? "no source" : "two sources";
      readers.problems().error(where, "secret \"" + name + "\" has " + what + "; " + SOURCES);
      return Optional.empty();
    }
    if (!belongs("timeout", "command", given.get(0), section)
        || !belongs("store", "keystore", given.get(0), section)) {
      return Optional.empty();
    }
    return switch (given.get(0)) {
      case "env" -> section.text("env").map(variable -> sources.fromEnvironment(name, variable));
      case "file" -> file("file", section).map(path -> sources.fromFile(name, path));
      case "keystore" -> keystore(name, section);
      default -> command(name, section);
    };
  }

  // A key that says nothing where it stands was meant for something.
  private boolean belongs(String key, String owner, String given, Section section) {
    boolean right = !section.has(key) || given.equals(owner);
    if (!right) {
      readers
          .problems()
          .error(
              section.origin(key),
              "\"" + key + "\" belongs to " + owner + ", and means nothing with " + given);
    }
    return right;
  }

  private Optional<Secret> keystore(String name, Section section) {
    Optional<String> entry = section.text("keystore");
    if (entry.isEmpty() || !section.has("store")) {
      return entry.map(each -> sources.fromKeystore(name, each, Optional.empty()));
    }
    return file("store", section)
        .map(path -> sources.fromKeystore(name, entry.get(), Optional.of(path)));
  }

  private Optional<Path> file(String key, Section section) {
    Origin where = section.valueOrigin(key);
    Path directory = directories.getOrDefault(where.source().name(), Path.of(""));
    try {
      return section.text(key).map(directory::resolve);
    } catch (InvalidPathException e) {
      readers.problems().error(where, "\"" + key + "\" is no path: " + e.getReason());
      return Optional.empty();
    }
  }

  private Optional<Secret> command(String name, Section section) {
    Optional<List<String>> command = section.texts("command");
    Optional<Duration> timeout = section.duration("timeout");
    if (command.isEmpty() || timeout.isEmpty()) {
      return Optional.empty();
    }
    if (command.get().isEmpty() || timeout.get().isZero()) {
      String key = command.get().isEmpty() ? "command" : "timeout";
      readers.problems().error(section.valueOrigin(key), "\"" + key + "\" is empty");
      return Optional.empty();
    }
    return Optional.of(sources.fromCommand(name, command.get(), timeout.get()));
  }
}
