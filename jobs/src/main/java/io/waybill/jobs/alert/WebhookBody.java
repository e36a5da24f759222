package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.json.AlertForm;
import io.waybill.jobs.json.AlertTemplate;
import io.waybill.jobs.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes an alert as the server of a webhook reads it. */
final class WebhookBody {
  private WebhookBody() {}

  /**
   * Returns the JSON.
   *
   * @throws io.waybill.jobs.JobException.Configuration if a template is none
   */
  static String of(Alert alert, AlertChannel.Form form) {
    if (form instanceof AlertChannel.Form.Chat chat) {
      return Json.write(chat(alert.words(), chat.service()));
    }
    AlertChannel.Form.Generic generic = (AlertChannel.Form.Generic) form;
    return generic.template().isPresent()
        ? Json.write(AlertTemplate.filled(generic.template().get(), AlertForm.of(alert)))
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
}
