package io.waybill.jobs.expression;

import static io.waybill.jobs.expression.Filter.Argument.required;

import io.waybill.jobs.Template;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueKind.Form;
import io.waybill.jobs.expression.Filter.Argument;
import io.waybill.jobs.expression.Filter.ArgumentType;
import io.waybill.jobs.expression.Filter.Operation;
import io.waybill.jobs.expression.Filter.Signature;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The registry of filters. Loader, renderer and reference page read it. */
public final class Filters {
  /** The filter that stands in where there is nothing. */
  static final String DEFAULT = "default";

  private static final Set<Form> DATES = Set.of(Form.DATE, Form.TEXT);
  private static final Set<Form> NUMBERS = Set.of(Form.NUMBER, Form.TEXT);
  private static final Set<Form> LISTS = Set.of(Form.LIST);
  private static final Set<Form> TEXTS =
      Set.of(Form.TEXT, Form.NUMBER, Form.FLAG, Form.DATE, Form.LIST);
  private static final Set<Form> ANYTHING = Set.of();
  private static final String[] SIZE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final Filters STANDARD = new Filters(); // behind what it is made of
  private final Map<String, Filter> byName = new LinkedHashMap<>();

  private Filters() {
    dates();
    texts();
    lists();
    claims();
  }

  /** Returns the filters that every job file can use. */
  public static Filters standard() {
    return STANDARD;
  }

  public Optional<Filter> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  public List<String> names() {
    return List.copyOf(byName.keySet());
  }

  /** Returns what a filter makes of whatever stands before it; unknown of one that there is not. */
  public ValueKind yields(Template.FilterCall call) {
    return find(call.name()).map(filter -> filter.signature().yields()).orElse(ValueKind.UNKNOWN);
  }

  public List<Filter> all() {
    return List.copyOf(byName.values());
  }

  private void dates() {
    add(
        "format",
        List.of(required("pattern", ArgumentType.DATE_PATTERN)),
        takes(DATES, ValueKind.TEXT),
        "Writes a date or an instant (in the job's zone) by a pattern of Java's DateTimeFormatter.",
        (in, args, zone) -> Filter.format(Values.date(in, zone), (String) args.get(0)));
    add(
        "minus-days",
        List.of(required("days", ArgumentType.INTEGER)),
        takes(DATES, ValueKind.DATE),
        "Goes back by whole days; an instant keeps its local time of day.",
        (in, args, zone) -> Values.plusDays(in, -Values.days(args.get(0)), zone));
    add(
        "plus-days",
        List.of(required("days", ArgumentType.INTEGER)),
        takes(DATES, ValueKind.DATE),
        "Goes forward by whole days; an instant keeps its local time of day.",
        (in, args, zone) -> Values.plusDays(in, Values.days(args.get(0)), zone));
  }

  private void texts() {
    add(
        "upper",
        List.of(),
        takes(TEXTS, ValueKind.TEXT),
        "Writes text in capitals.",
        (in, args, zone) -> Values.text(in).toUpperCase(Locale.ROOT));
    add(
        "lower",
        List.of(),
        takes(TEXTS, ValueKind.TEXT),
        "Writes text in small letters.",
        (in, args, zone) -> Values.text(in).toLowerCase(Locale.ROOT));
    add(
        "size",
        List.of(),
        takes(NUMBERS, ValueKind.TEXT),
        "Writes a number of bytes for people: 1.5 KiB.",
        (in, args, zone) -> size(Values.number(in)));
    add(
        new Filter(
            DEFAULT,
            List.of(required("value", ArgumentType.ANY)),
            new Signature(ANYTHING, ValueKind.UNKNOWN, true),
            "Stands in where there is no value or an empty text.",
            (in, args, zone) -> in == null || "".equals(in) ? args.get(0) : in));
  }

  private void lists() {
    add(
        "count",
        List.of(),
        takes(LISTS, ValueKind.NUMBER),
        "Counts the elements of a list.",
        (in, args, zone) -> (long) Values.list(in).size());
    add(
        "first",
        List.of(),
        takes(LISTS, ValueKind.UNKNOWN),
        "Takes the first element of a list; an empty list has none.",
        (in, args, zone) -> Values.list(in).isEmpty() ? null : Values.list(in).get(0));
    add(
        "join",
        List.of(new Argument("separator", ArgumentType.TEXT, Optional.of(", "))),
        takes(LISTS, ValueKind.TEXT),
        "Writes the elements of a list one after another, with a text between them (\", \").",
        (in, args, zone) ->
            String.join((String) args.get(0), Values.list(in).stream().map(Values::text).toList()));
  }

  private void claims() {
    Argument value = required("value", ArgumentType.ANY);
    add(
        "eq",
        List.of(value),
        takes(TEXTS, ValueKind.FLAG),
        "True if the value, written as text, is this one.",
        (in, args, zone) -> Values.text(in).equals(Values.text(args.get(0))));
    Argument limit = required("limit", ArgumentType.INTEGER);
    add(
        "gt",
        List.of(limit),
        takes(NUMBERS, ValueKind.FLAG),
        "True if a number is greater.",
        (in, args, zone) -> Values.number(in).compareTo(Values.number(args.get(0))) > 0);
    add(
        "lt",
        List.of(limit),
        takes(NUMBERS, ValueKind.FLAG),
        "True if a number is less.",
        (in, args, zone) -> Values.number(in).compareTo(Values.number(args.get(0))) < 0);
    add(
        new Filter(
            "empty",
            List.of(),
            new Signature(ANYTHING, ValueKind.FLAG, true),
            "True if there is no value, an empty text, list or mapping.",
            (in, args, zone) -> isEmpty(in)));
    add(
        "matches",
        List.of(required("glob", ArgumentType.TEXT)),
        takes(TEXTS, ValueKind.FLAG),
        "True if the whole text fits a glob: * is any text, ? is any character.",
        (in, args, zone) -> Values.fitsGlob(Values.text(in), (String) args.get(0)));
    add(
        "not",
        List.of(),
        takes(Set.of(Form.FLAG), ValueKind.FLAG),
        "Turns true and false round.",
        (in, args, zone) -> !Values.flag(in));
  }

  private static Signature takes(Set<Form> forms, ValueKind yields) {
    return new Signature(forms, yields, false);
  }

  private void add(
      String name, List<Argument> arguments, Signature signature, String doc, Operation operation) {
    add(new Filter(name, arguments, signature, doc, operation));
  }

  private void add(Filter filter) {
    byName.put(filter.name(), filter);
  }

  private static boolean isEmpty(@Nullable Object in) {
    return in == null
        || "".equals(in)
        || (in instanceof Collection<?> list && list.isEmpty())
        || (in instanceof Map<?, ?> map && map.isEmpty());
  }

  // 1536 -> 1.5 KiB; 1023 -> 1023 B
  private static String size(BigDecimal bytes) {
    double value = bytes.doubleValue();
    int unit = 0;
    while (Math.abs(value) >= 1024 && unit < SIZE_UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes.toBigInteger() + " B"
        : String.format(Locale.ROOT, "%.1f %s", value, SIZE_UNITS[unit]);
  }
}
