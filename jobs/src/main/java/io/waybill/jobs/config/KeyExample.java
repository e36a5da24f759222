package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds a value to show for a key: the one that was given, its default, or what its type tells. As
 * it stands behind the key, on one line.
 */
final class KeyExample {
  private KeyExample() {}

  /** Returns the value; empty if nothing tells one, and then the key must be given one. */
  static Optional<String> of(Key key) {
    if (key.example().isPresent()) {
      return key.example();
    }
    if (key.presence() == Key.Presence.SECRET) {
      String reference = "\"${secrets." + key.name() + "}\"";
      return Optional.of(
          key.type() instanceof ValueType.MapOf ? "{ a-name: " + reference + " }" : reference);
    }
    return key.fallback().filter(words -> !words.contains("${")).or(() -> of(key.type()));
  }

  private static Optional<String> of(ValueType type) {
    if (type instanceof ValueType.Scalar scalar) {
      return of(scalar);
    }
    if (type instanceof ValueType.OneOf one) {
      return Optional.of(one.words().get(0));
    }
    if (type instanceof ValueType.ListOf list) {
      return of(list.element()).map(element -> "[" + element + "]");
    }
    if (type instanceof ValueType.MapOf map) {
      return of(map.value()).map(value -> "{ a-name: " + value + " }");
    }
    if (type instanceof ValueType.AnyOf any) {
      return any.types().stream().map(KeyExample::of).flatMap(Optional::stream).findFirst();
    }
    return type instanceof ValueType.Group group ? of(group) : Optional.of("a text");
  }

  private static Optional<String> of(ValueType.Scalar scalar) {
    return switch (scalar) {
      case TEXT, INTEGER, NUMBER -> Optional.empty();
      case REGEX -> Optional.of("\"^[0-9]{8}_\"");
      case PATTERN -> Optional.of("\"*.csv\"");
      case LOCATION -> Optional.of("\"bank:/out/\"");
      case FILE -> Optional.of("templates/report.html");
      case MAILBOX -> Optional.of("\"mailbox:INBOX\"");
      case CONNECTION -> Optional.of("bank");
      case ADDRESS -> Optional.of("ops@acme.example");
      case BOOLEAN -> Optional.of("true");
      case DURATION -> Optional.of("10m");
      case SIZE -> Optional.of("10MiB");
      case PERCENT -> Optional.of("20%");
    };
  }

  // what must be there, and of a choice the first; if nothing must, the first of all
  private static Optional<String> of(ValueType.Group group) {
    List<Key> shown =
        new ArrayList<>(
            group.keys().stream().filter(key -> key.presence() == Key.Presence.REQUIRED).toList());
    group.choice().stream()
        .limit(1)
        .forEach(
            name ->
                group.keys().stream().filter(key -> key.name().equals(name)).forEach(shown::add));
    if (shown.isEmpty()) {
      group.keys().stream().limit(1).forEach(shown::add);
    }
    List<String> entries = new ArrayList<>();
    for (Key key : shown) {
      Optional<String> value = of(key);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      entries.add(key.name() + ": " + value.get());
    }
    return Optional.of(entries.isEmpty() ? "{}" : "{ " + String.join(", ", entries) + " }");
  }
}
