package io.waybill.jobs.config;

import io.waybill.jobs.Secret;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads where secrets are had. What a file says in the place of a source is never repeated: it may
 * be the secret.
 */
final class SecretReader {
  private static final String SOURCES =
      "write where it is had: { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }";

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
            LaterKeys.SECRET,
            name,
            top.place().in("secret \"" + name + "\""),
            readers)
        .flatMap(section -> source(name, section, entry));
  }

  private Optional<Secret> source(String name, Section section, YamlNode.Entry entry) {
    List<String> given = Stream.of("env", "file", "command").filter(section::has).toList();
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
    return switch (given.get(0)) {
      case "env" -> section.text("env").map(variable -> sources.fromEnvironment(name, variable));
      case "file" -> section.text("file").flatMap(text -> file(name, text, section));
      default -> command(name, section);
    };
  }

  private Optional<Secret> file(String name, String text, Section section) {
    Origin where = section.valueOrigin("file");
    Path directory = directories.getOrDefault(where.source().name(), Path.of(""));
    try {
      return Optional.of(sources.fromFile(name, directory.resolve(text)));
    } catch (InvalidPathException e) {
      readers.problems().error(where, "\"file\" is no path: " + e.getReason());
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
