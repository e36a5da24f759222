package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.JobException;
import io.waybill.jobs.json.AlertForm;
import io.waybill.jobs.json.Json;
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

/** Writes an alert as the server of a webhook reads it. */
final class WebhookBody {
  private static final Pattern NAME = Pattern.compile("\\$\\{alert\\.([a-z-]+)}");
  private static final List<String> NAMES =
      List.of("id", "at", "kind", "job", "run", "subject", "text");

  private WebhookBody() {}

  /**
   * Returns the JSON.
   *
   * @throws JobException.Configuration if a template is none
   */
  static String of(Alert alert, AlertChannel.Form form) {
    if (form instanceof AlertChannel.Form.Chat chat) {
      return Json.write(chat(alert.words(), chat.service()));
    }
    AlertChannel.Form.Generic generic = (AlertChannel.Form.Generic) form;
    return generic.template().isPresent()
        ? Json.write(filled(generic.template().get(), alert))
        : Json.write(AlertForm.sent(alert));
  }

  private static Map<String, Object> chat(Alert.Words words, AlertChannel.Service service) {
    return switch (service) {
      // what it reads as marks of its own: a link, a mention
      case SLACK -> Map.of("text", "*" + slack(words.subject()) + "*\n" + slack(words.text()));
      case MATTERMOST ->
          Map.of("text", "**" + mattermost(words.subject()) + "**\n" + mattermost(words.text()));
      case TEAMS -> teams(words);
    };
  }

  private static String slack(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  // a job's message must not call everybody
  private static String mattermost(String text) {
    return text.replace("@", "@\u200b");
  }

  private static Map<String, Object> teams(Alert.Words words) {
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    card.put("type", "AdaptiveCard");
    card.put("version", "1.2");
    card.put("body", List.of(block(words.subject(), true), block(words.text(), false)));
    return Map.of(
        "type",
        "message",
        "attachments",
        List.of(Map.of("contentType", "application/vnd.microsoft.card.adaptive", "content", card)));
  }

  private static Map<String, Object> block(String text, boolean isTitle) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("type", "TextBlock");
    block.put("text", text.replace("\n", "\n\n"));
    block.put("wrap", true);
    if (isTitle) {
      block.put("weight", "Bolder");
    }
    return block;
  }

  // values are put into texts of the JSON that was read, so that none can break out of it
  private static Map<String, @Nullable Object> filled(Path template, Alert alert) {
    try {
      return filledMap(Json.readObject(Files.readString(template)), AlertForm.of(alert));
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
