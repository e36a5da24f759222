package io.waybill.jobs.config;

import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.Secret;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.expression.NearestName;
import io.waybill.jobs.json.AlertTemplate;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the ways on which somebody hears of trouble. */
final class AlertReader {
  private static final Duration LONGEST_COMMAND = Duration.ofMinutes(10);

  /** RFC 9110 5.6.2. */
  private static final Names.Rule HEADER =
      new Names.Rule(Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+"), "letters, digits and \"-\"");

  private static final Names.Rule VARIABLE =
      new Names.Rule(
          Pattern.compile("[A-Za-z_][A-Za-z0-9_]*"), "letters, digits and \"_\", no digit first");

  private final Map<String, Path> directories;
  private final Connections connections;
  private final Section.Readers readers;
  private final Problems problems;

  /**
   * Prepares.
   *
   * @param directories by the file's name: where the files that it names are looked for
   */
  AlertReader(Map<String, Path> directories, Connections connections, Section.Readers readers) {
    this.directories = directories;
    this.connections = connections;
    this.readers = readers;
    problems = readers.problems();
  }

  /** Returns all names, of wrong channels too. */
  static List<String> namesIn(Section top) {
    return top.node("alerts").orElse(null) instanceof YamlNode.Mapping mapping
        ? mapping.entries().stream().map(YamlNode.Entry::name).toList()
        : List.of();
  }

  List<AlertChannel> read(Section top, Place place) {
    List<AlertChannel> channels = new ArrayList<>();
    for (YamlNode.Entry entry : Names.entries(top, "alerts", readers)) {
      Names.check(entry, Names.PLAIN, "an alert channel", problems);
      channel(entry, place.in("alert channel \"" + entry.name() + "\"")).ifPresent(channels::add);
    }
    return channels;
  }

  private Optional<AlertChannel> channel(YamlNode.Entry entry, Place place) {
    Map<String, List<Key>> types = AlertKeys.byType();
    Optional<YamlNode.Scalar> type = ConnectionReader.typeOf(entry.value());
    if (type.isEmpty()) {
      problems.error(
          entry.key().origin(),
          place.description() + " needs a \"type\": one of " + String.join(", ", types.keySet()));
      return Optional.empty();
    }
    String word = type.get().text();
    List<Key> keys = types.get(word);
    if (keys == null) {
      problems.error(
          type.get().origin(),
          "unknown type of alert channel \"%s\"; there are: %s"
              .formatted(word, String.join(", ", types.keySet())),
          NearestName.of(word, types.keySet()));
      return Optional.empty();
    }
    return Section.open(
            entry.value(),
            entry.key().origin(),
            new ValueType.Group(keys),
            LaterKeys.none(),
            entry.name(),
            place,
            readers)
        .flatMap(section -> channel(entry.name(), word, section));
  }

  private Optional<AlertChannel> channel(String name, String type, Section section) {
    CheckedKeys keys = new CheckedKeys(section, problems);
    return switch (type) {
      case "mail" -> mail(name, keys);
      case "webhook" -> webhook(name, keys);
      default -> command(name, keys);
    };
  }

  private Optional<AlertChannel> mail(String name, CheckedKeys keys) {
    Section section = keys.section();
    Optional<String> via = keys.told("via", section::text);
    Optional<List<String>> to = keys.told("to", section::texts);
    Optional<String> from = keys.told("from", section::text);
    if (to.isPresent() && to.get().isEmpty()) {
      keys.wrong("to", "\"to\" names nobody");
    }
    String kind = via.map(section.place().definitions().connections()::get).orElse("");
    if (!kind.isEmpty() && !kind.equals("smtp")) {
      keys.wrong(
          "via",
          "connection \"%s\" is of type %s, and mail leaves by one of type smtp"
              .formatted(via.orElseThrow(), kind));
    }
    Optional<Connection.Outgoing> outgoing =
        via.flatMap(connections::find)
            .filter(Connection.Outgoing.class::isInstance)
            .map(Connection.Outgoing.class::cast);
    Optional<String> author = from.or(() -> outgoing.flatMap(Connection.Outgoing::from));
    if (keys.isRight() && outgoing.isPresent() && author.isEmpty()) {
      keys.wrong(
          "via",
          "nothing says who sends the mail: connection \"%s\" has no \"from\"; write one here or there"
              .formatted(via.orElseThrow()));
    }
    return keys.isRight() && via.isPresent() && to.isPresent() && author.isPresent()
        ? Optional.of(new AlertChannel.Mail(name, via.get(), author.get(), to.get()))
        : Optional.empty();
  }

  private Optional<AlertChannel> webhook(String name, CheckedKeys keys) {
    Section section = keys.section();
    if (!section.has("url")) {
      problems.error(
          section.origin("url"), "key \"url\" is missing in " + section.place().description());
      return Optional.empty();
    }
    Optional<AlertChannel.Address> address = address(keys);
    Optional<String> format = section.text("format");
    Optional<AlertChannel.Form> form = format.flatMap(word -> form(word, keys));
    if (format.isPresent()
        && !format.get().equals("generic")
        && address.orElse(null) instanceof AlertChannel.Address.Plain) {
      problems.warning(
          section.valueOrigin("url"),
          "whoever knows the address of a webhook of %s may post there; keep it as a secret, url: \"${secrets.NAME}\""
              .formatted(format.get()));
    }
    Optional<Map<String, Object>> headers = named(HEADER, "headers", keys);
    Optional<Map<String, Object>> secretHeaders = named(HEADER, "secret-headers", keys);
    if (!keys.isRight() || address.isEmpty() || form.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new AlertChannel.Webhook(
            name, address.get(), form.get(), texts(headers), secrets(secretHeaders)));
  }

  /** Reads the {@code url} of a web server, which may be a secret. */
  static Optional<AlertChannel.Address> address(CheckedKeys keys) {
    return keys.told("url", keys.section()::value)
        .flatMap(
            value ->
                value instanceof Secret secret
                    ? Optional.of(new AlertChannel.Address.Hidden(secret))
                    : plain((String) value, keys));
  }

  private static Optional<AlertChannel.Address> plain(String text, CheckedKeys keys) {
    try {
      URI uri = new URI(text);
      boolean isWeb = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (isWeb && uri.getHost() != null && uri.getRawUserInfo() == null) {
        return Optional.of(new AlertChannel.Address.Plain(text));
      }
    } catch (URISyntaxException e) {
      // said below, without the parser's words
    }
    keys.wrong(
        "url",
        "\"url\" is no address of a web server: write https://HOST/PATH, without a password in it, or \"${secrets.NAME}\"");
    return Optional.empty();
  }

  private Optional<AlertChannel.Form> form(String format, CheckedKeys keys) {
    Section section = keys.section();
    if (format.equals("generic")) {
      if (!section.has("template")) {
        return Optional.of(new AlertChannel.Form.Generic(Optional.empty()));
      }
      return keys.told("template", section::text)
          .flatMap(file -> template(file, keys))
          .map(path -> new AlertChannel.Form.Generic(Optional.of(path)));
    }
    if (section.has("template")) {
      problems.error(
          section.origin("template"),
          "\"template\" belongs to format: generic, and means nothing with " + format);
      return Optional.empty();
    }
    return Optional.of(
        new AlertChannel.Form.Chat(AlertChannel.Service.valueOf(format.toUpperCase(Locale.ROOT))));
  }

  // a template that is missed when something has gone wrong already would hide that
  private Optional<Path> template(String file, CheckedKeys keys) {
    Origin where = keys.section().valueOrigin("template");
    Path directory = directories.getOrDefault(where.source().name(), Path.of(""));
    try {
      Path path = directory.resolve(file);
      if (Files.isRegularFile(path)) {
        AlertTemplate.check(path);
        return Optional.of(path);
      }
      keys.wrong(
          "template",
          "\"template\": there is no file \"%s\"; it is looked for in %s"
              .formatted(file, directory.toString().isEmpty() ? "." : directory));
    } catch (JobException.Configuration e) {
      keys.wrong("template", String.valueOf(e.getMessage()));
    } catch (InvalidPathException e) {
      keys.wrong("template", "\"template\" is no path: " + e.getReason());
    }
    return Optional.empty();
  }

  private Optional<AlertChannel> command(String name, CheckedKeys keys) {
    Section section = keys.section();
    Optional<List<String>> command = keys.told("command", section::texts);
    if (command.isPresent() && (command.get().isEmpty() || command.get().get(0).isBlank())) {
      keys.wrong("command", "\"command\" names no program");
    } else if (command.isPresent()
        && command.get().size() == 1
        && command.get().get(0).contains(" ")) {
      keys.wrong(
          "command",
          "\"command\" is a program and its arguments, each for itself, as no shell reads them: [%s]"
              .formatted(String.join(", ", command.get().get(0).strip().split(" +", -1))));
    }
    Optional<Map<String, Object>> environment = named(VARIABLE, "env", keys);
    Optional<Map<String, Object>> secretEnvironment = named(VARIABLE, "secret-env", keys);
    Optional<Duration> timeout = section.duration("timeout");
    if (timeout.isPresent()
        && (timeout.get().isZero() || timeout.get().compareTo(LONGEST_COMMAND) > 0)) {
      keys.wrong("timeout", "\"timeout\" is longer than nothing, and at most 10m");
    }
    return keys.isRight() && command.isPresent() && timeout.isPresent()
        ? Optional.of(
            new AlertChannel.Command(
                name, command.get(), texts(environment), secrets(secretEnvironment), timeout.get()))
        : Optional.empty();
  }

  private static Optional<Map<String, Object>> named(
      Names.Rule rule, String key, CheckedKeys keys) {
    Optional<Map<String, Object>> map = keys.told(key, name -> keys.section().map(name));
    for (String name : map.map(Map::keySet).orElse(Set.of())) {
      if (!rule.pattern().matcher(name).matches()) {
        keys.wrong(key, "\"%s\" has the name \"%s\"; use %s".formatted(key, name, rule.inWords()));
      }
    }
    return map;
  }

  private static Map<String, String> texts(Optional<Map<String, Object>> map) {
    Map<String, String> texts = new LinkedHashMap<>();
    map.orElse(Map.of()).forEach((name, value) -> texts.put(name, (String) value));
    return texts;
  }

  private static Map<String, Secret> secrets(Optional<Map<String, Object>> map) {
    Map<String, Secret> secrets = new LinkedHashMap<>();
    map.orElse(Map.of()).forEach((name, value) -> secrets.put(name, (Secret) value));
    return secrets;
  }
}
