package io.waybill.jobs.cli;

import io.waybill.jobs.json.Json;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The two streams of a verb: standard output is data in the format that was asked for, standard
 * error is progress and trouble. A reader that went away ends the verb quietly.
 */
public final class Output {
  // C0, C1, and what turns the direction of what follows
  private static final Pattern CONTROL =
      Pattern.compile("[\\p{Cc}\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");

  private final PrintStream out;
  private final PrintStream err;
  private final OutputFormat format;
  private boolean hasResult;

  public Output(PrintStream out, PrintStream err, OutputFormat format) {
    this.out = out;
    this.err = err;
    this.format = format;
  }

  public OutputFormat format() {
    return format;
  }

  /**
   * Prints one result.
   *
   * @param schema name and version of the JSON form, {@code waybill.run/1}
   * @param value the result in plain values
   * @param human prints it for a person
   */
  public void result(String schema, Map<String, Object> value, Consumer<PrintStream> human) {
    switch (format) {
      case HUMAN -> human.accept(out);
      case JSON, SARIF -> out.println(Json.pretty(versioned(schema, value)));
      case NDJSON -> out.println(Json.write(versioned(schema, value)));
    }
    out.flush();
    hasResult = true;
  }

  /** Prints a JSON document whose form is not ours, and which is the result. */
  void document(Map<String, Object> value) {
    out.println(Json.pretty(value));
    out.flush();
    hasResult = true;
  }

  /**
   * Prints what there is for a program where a verb ends by a failure; nothing for a person, who
   * reads standard error, or after a result: a program gets one document.
   *
   * @param schema of the verb's own result, or one that is for errors only
   * @param soFar what was done until then
   * @param error why it ended
   */
  void failure(String schema, Map<String, Object> soFar, Map<String, Object> error) {
    if (format != OutputFormat.HUMAN && !hasResult) {
      Map<String, Object> whole = new LinkedHashMap<>(soFar);
      whole.put("error", error);
      result(schema, whole, human -> {});
    }
  }

  /**
   * Prints a list: one document in {@link OutputFormat#JSON}, a line each in {@link
   * OutputFormat#NDJSON}.
   *
   * @param schema of one of them
   * @param listSchema of the document
   * @param plural the document's key
   */
  public void results(
      String schema,
      String listSchema,
      String plural,
      List<Map<String, Object>> values,
      Consumer<PrintStream> human) {
    if (format == OutputFormat.NDJSON) {
      values.forEach(value -> out.println(Json.write(versioned(schema, value))));
      out.flush();
      hasResult = true;
    } else {
      result(listSchema, Map.of(plural, values), human);
    }
  }

  /**
   * Prints one of many results as soon as it is known; nothing in {@link OutputFormat#JSON}, in
   * which {@link #results} prints all of them.
   *
   * @param schema of the one
   * @param human prints it for a person
   */
  void item(String schema, Map<String, Object> value, Consumer<PrintStream> human) {
    switch (format) {
      case HUMAN -> human.accept(out);
      case NDJSON -> {
        out.println(Json.write(versioned(schema, value)));
        hasResult = true;
      }
      case JSON, SARIF -> {
        return;
      }
    }
    out.flush();
  }

  /**
   * Prints what has happened on the way to a result, a line for a program that reads line by line;
   * nothing in the other formats.
   */
  void event(String schema, Map<String, Object> value) {
    if (format == OutputFormat.NDJSON) {
      out.println(Json.write(versioned(schema, value)));
      out.flush();
    }
  }

  /** Prints a line for a person, on standard output. */
  void line(String text) {
    out.println(text);
  }

  /** Prints a line of progress or trouble. */
  public void note(String line) {
    err.println(line);
  }

  /**
   * Returns a text from elsewhere, a file's name or a subject, without what could steer a terminal.
   */
  static String printable(@Nullable Object text) {
    return CONTROL.matcher(String.valueOf(text)).replaceAll("?");
  }

  private static Map<String, Object> versioned(String schema, Map<String, Object> value) {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("schema", schema);
    whole.putAll(value);
    return whole;
  }
}
