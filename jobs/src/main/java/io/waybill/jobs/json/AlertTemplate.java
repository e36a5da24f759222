package io.waybill.jobs.json;

import io.waybill.jobs.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON that somebody wants alerts in, with <code>${alert.NAME}</code> in its texts. Values are
 * put into texts of the JSON that was read, so that none can break out of it.
 */
public final class AlertTemplate {
  private static final Pattern NAME = Pattern.compile("\\$\\{alert\\.([a-z-]+)}");
  private static final List<String> NAMES =
      List.of("id", "at", "kind", "job", "run", "subject", "text");

  private AlertTemplate() {}

  /**
   * Checks a template.
   *
   * @throws JobException.Configuration if it cannot be read, is no JSON, or names what no alert has
   */
  public static void check(Path template) {
    var unused = filled(template, Map.of());
  }

  /**
   * Returns a template's JSON with what an alert is in the places of its names.
   *
   * @param alert its form
   * @throws JobException.Configuration if the template is none
   */
  public static Map<String, @Nullable Object> filled(Path template, Map<String, Object> alert) {
    try {
      return filledMap(Json.readObject(Files.readString(template)), alert);
    } catch (IOException e) {
      throw new JobException.Configuration(
          "the template %s cannot be read: %s".formatted(template, e), e);
    } catch (JobException.Configuration e) {
      throw new JobException.Configuration(
          "the template %s: %s".formatted(template, e.getMessage()), e);
    }
  }

  private static Map<String, @Nullable Object> filledMap(Map<?, ?> map, Map<String, Object> alert) {
    Map<String, @Nullable Object> filled = new LinkedHashMap<>();
    map.forEach((key, each) -> filled.put(String.valueOf(key), filled(each, alert)));
    return filled;
  }

  private static @Nullable Object filled(@Nullable Object value, Map<String, Object> alert) {
    if (value instanceof Map<?, ?> map) {
      return filledMap(map, alert);
    }
    if (value instanceof List<?> list) {
      return Arrays.asList(list.stream().map(each -> filled(each, alert)).toArray());
    }
    return value instanceof String text ? filled(text, alert) : value;
  }

  private static String filled(String text, Map<String, Object> alert) {
    String rest = NAME.matcher(text).replaceAll("");
    if (rest.contains("${")) {
      throw new JobException.Configuration(
          "%s is no ${alert.NAME}; there are: %s"
              .formatted(rest.substring(rest.indexOf("${")), String.join(", ", NAMES)));
    }
    return NAME.matcher(text)
        .replaceAll(name -> Matcher.quoteReplacement(value(name.group(1), alert)));
  }

  private static String value(String name, Map<String, Object> alert) {
    if (!NAMES.contains(name)) {
      throw new JobException.Configuration(
          "there is no ${alert.%s}; there are: %s".formatted(name, String.join(", ", NAMES)));
    }
    return String.valueOf(alert.getOrDefault(name, ""));
  }
}
