package io.waybill.jobs.expression;

import io.waybill.jobs.ValueKind;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One filter of the expression language, as the registry knows it.
 *
 * @param name in kebab-case
 * @param arguments in order
 * @param signature what it takes and yields
 * @param doc one sentence for the reference page
 * @param operation what it does
 */
public record Filter(
    String name, List<Argument> arguments, Signature signature, String doc, Operation operation) {
  public Filter {
    arguments = List.copyOf(arguments);
  }

  /**
   * What a filter takes and yields.
   *
   * @param takes the forms of what may stand before it; empty for any
   * @param yields what it makes of that
   * @param takesNothing whether it is asked when there is no value; any other filter is passed over
   *     then
   */
  public record Signature(Set<ValueKind.Form> takes, ValueKind yields, boolean takesNothing) {
    public Signature {
      takes = takes.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(takes));
    }

    /** Returns whether it can take a value of which this is known. */
    public boolean canTake(ValueKind before) {
      return takes.isEmpty()
          || before.form() == ValueKind.Form.UNKNOWN
          || takes.contains(before.form());
    }

    /** Returns what it takes in words: {@code a number or a text}. */
    public String takesInWords() {
      if (takes.isEmpty()) {
        return "anything";
      }
      Set<ValueKind.Form> others = EnumSet.complementOf(EnumSet.copyOf(takes));
      others.remove(ValueKind.Form.UNKNOWN);
      return others.size() == 1
          ? "anything but " + others.iterator().next().words()
          : takes.stream().map(ValueKind.Form::words).collect(Collectors.joining(" or "));
    }
  }

  /** What can stand in a filter's argument. */
  public enum ArgumentType {
    TEXT,
    INTEGER,
    /** Text or a whole number. */
    ANY,
    /** A pattern of {@link DateTimeFormatter}. */
    DATE_PATTERN
  }

  /**
   * An argument.
   *
   * @param name for messages
   * @param type what can stand in it
   * @param fallback what an absent one means; empty if it must be there. Only the last can be
   *     absent.
   */
  public record Argument(String name, ArgumentType type, Optional<Object> fallback) {
    static Argument required(String name, ArgumentType type) {
      return new Argument(name, type, Optional.empty());
    }
  }

  /** Makes a value of a value. */
  @FunctionalInterface
  public interface Operation {
    /**
     * Applies the filter.
     *
     * @param input null only if the filter takes nothing
     * @param arguments checked, absent ones filled in
     * @param zone in which an instant is read as a date
     * @return null for no value
     * @throws BadValueException if the input is of a kind the filter cannot use; the message
     *     continues a sentence that starts with the expression
     */
    @Nullable Object apply(@Nullable Object input, List<Object> arguments, ZoneId zone);
  }

  /** Returns what is wrong with the arguments as they are written; empty if nothing is. */
  public Optional<String> problemWith(List<Object> given) {
    long least = arguments.stream().filter(a -> a.fallback().isEmpty()).count();
    if (given.size() < least || given.size() > arguments.size()) {
      return Optional.of("filter \"" + name + "\" is written " + usage());
    }
    for (int i = 0; i < given.size(); i++) {
      Optional<String> problem = problemWith(arguments.get(i), given.get(i));
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private Optional<String> problemWith(Argument argument, Object given) {
    boolean fits =
        switch (argument.type()) {
          case TEXT, DATE_PATTERN -> given instanceof String;
          case INTEGER -> given instanceof Long;
          case ANY -> given instanceof String || given instanceof Long;
        };
    if (!fits) {
      return Optional.of("filter \"" + name + "\" is written " + usage());
    }
    return argument.type() == ArgumentType.DATE_PATTERN
        ? problemWithPattern((String) given)
        : Optional.empty();
  }

  /**
   * Returns what is wrong with the arguments where a date stands before the filter, which has no
   * time of day; empty if nothing is.
   */
  public Optional<String> problemWithDay(List<Object> given) {
    for (int i = 0; i < given.size(); i++) {
      if (arguments.get(i).type() == ArgumentType.DATE_PATTERN) {
        String pattern = (String) given.get(i);
        try {
          String unused = format(LocalDate.EPOCH, pattern);
        } catch (BadValueException e) {
          return Optional.of(
              "what stands before is a date without a time of day, and has not everything that the pattern "
                  + ScalarParser.quote(pattern)
                  + " asks for");
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> problemWithPattern(String pattern) {
    try {
      // What it is applied to may lack a time or a zone; here any moment with both will do.
      DateTimeFormatter formatter = DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
      return formatter.format(Instant.EPOCH.atZone(ZoneOffset.UTC)).isEmpty()
          ? Optional.of("an empty date pattern")
          : Optional.empty();
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.of(ScalarParser.quote(pattern) + " is not a date pattern: " + e.getMessage());
    }
  }

  /** Returns the filter as it is written: {@code default('text or number')}, {@code count}. */
  public String usage() {
    if (arguments.isEmpty()) {
      return name;
    }
    List<String> shown =
        arguments.stream()
            .map(
                a ->
                    switch (a.type()) {
                      case INTEGER -> "NUMBER";
                      case TEXT -> "'" + a.name() + "'";
                      case ANY -> "'" + a.name() + "' or a number";
                      case DATE_PATTERN -> "'yyyyMMdd'";
                    })
            .toList();
    return name + "(" + String.join(", ", shown) + ")";
  }

  List<Object> withFallbacks(List<Object> given) {
    if (given.size() == arguments.size()) {
      return given;
    }
    List<Object> all = new ArrayList<>(given);
    for (Argument argument : arguments.subList(given.size(), arguments.size())) {
      all.add(
          argument
              .fallback()
              .orElseThrow(() -> new BadValueException("needs filter arguments: " + usage())));
    }
    return all;
  }

  /**
   * Formats what a date pattern can format; a pattern that asks for what the value lacks is a bad
   * value.
   */
  static String format(TemporalAccessor date, String pattern) {
    try {
      return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(date);
    } catch (DateTimeException e) {
      throw new BadValueException(
          "is "
              + date
              + ", which has not everything that the pattern "
              + ScalarParser.quote(pattern)
              + " asks for");
    }
  }
}
