package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import java.util.List;
import java.util.stream.Collectors;

/** Says for people what a key holds. */
public final class TypeWords {
  private TypeWords() {}

  /** Returns what a key holds, as a noun: {@code a duration}, {@code one of: skip, queue}. */
  public static String of(Key key) {
    if (key.presence() == Key.Presence.SECRET) {
      String secret = "a reference to a secret";
      return key.type() instanceof ValueType.MapOf ? "names, and behind each " + secret : secret;
    }
    return of(key.type())
        + (key.presence() == Key.Presence.TEXT_OR_SECRET ? ", or a reference to a secret" : "");
  }

  private static String of(ValueType type) {
    if (type instanceof ValueType.Scalar scalar) {
      return switch (scalar) {
        case TEXT -> "a text";
        case PATTERN -> "a pattern";
        case REGEX -> "a regular expression";
        case LOCATION -> "a location";
        case FILE -> "a file";
        case MAILBOX -> "a mailbox";
        case CONNECTION -> "a connection's name";
        case ADDRESS -> "a mail address";
        case BOOLEAN -> "true or false";
        case INTEGER -> "a whole number";
        case NUMBER -> "a number";
        case DURATION -> "a duration";
        case SIZE -> "a size";
        case PERCENT -> "a percentage";
      };
    }
    if (type instanceof ValueType.PerItem) {
      return "a text";
    }
    if (type instanceof ValueType.OneOf one) {
      return either(one.words());
    }
    if (type instanceof ValueType.ListOf list) {
      return of(list.element()) + ", or a list";
    }
    if (type instanceof ValueType.MapOf map) {
      return "names, and behind each " + of(map.value());
    }
    if (type instanceof ValueType.AnyOf any) {
      return any.types().stream()
          .map(TypeWords::of)
          .distinct()
          .collect(Collectors.joining(", or "));
    }
    return type instanceof ValueType.Group ? "a mapping" : "a text, a list or a mapping";
  }

  private static String either(List<String> words) {
    int last = words.size() - 1;
    return last == 0
        ? words.get(0)
        : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }
}
