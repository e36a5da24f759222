package io.waybill.jobs.json;

import com.fasterxml.jackson.jr.ob.JSON;
import io.waybill.jobs.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Plain values (text, numbers, booleans, lists, maps) as JSON text and back. Whole numbers come
 * back as {@link Long}.
 */
public final class Json {
  private static final JSON COMPACT = JSON.std.with(JSON.Feature.USE_BIG_DECIMAL_FOR_FLOATS, false);
  private static final JSON PRETTY = COMPACT.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

  private Json() {}

  /** Writes on one line. */
  public static String write(Object value) {
    return write(COMPACT, value);
  }

  /** Writes for a person. */
  public static String pretty(Object value) {
    return write(PRETTY, value);
  }

  /**
   * Reads an object.
   *
   * @throws JobException.Configuration if the text is not a JSON object
   */
  public static Map<String, Object> readObject(String text) {
    try {
      Map<String, Object> raw = COMPACT.mapFrom(text);
      return PlainValues.object(raw);
    } catch (IOException | IllegalArgumentException e) {
      throw new JobException.Configuration("that is not a JSON object", e);
    }
  }

  /**
   * Reads any document, as the parser gives it: nothing is {@code null}, numbers are of any class.
   *
   * @throws JobException.Configuration if the text is not JSON
   */
  static @Nullable Object readRaw(String text) {
    try {
      return COMPACT.anyFrom(text);
    } catch (IOException | IllegalArgumentException e) {
      throw new JobException.Configuration("that is not JSON", e);
    }
  }

  private static String write(JSON writer, Object value) {
    try {
      return writer.asString(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
