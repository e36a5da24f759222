package io.waybill.jobs.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.jobs.Alert;
import io.waybill.jobs.AlertChannel.Form;
import io.waybill.jobs.AlertChannel.Service;
import io.waybill.jobs.JobException;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a webhook is sent. */
class WebhookBodyTest {
  private static final Alert ALERT =
      new Alert(
          "01KAGW8T2M9VZ1QK4Y7H3B5CDE",
          Instant.parse("2026-11-30T06:00:00Z"),
          Alert.Kind.FAILURE,
          new Alert.About("nightly", Optional.of("01KAGW8T2M9VZ1QK4Y7H3B5CDD")),
          new Alert.Words("nightly failed", "550 <no> \"such\" file & @all\nsee the log"));

  @TempDir Path directory;

  @Test
  void programsGetEveryPartOfIt() {
    assertThat(Json.readObject(WebhookBody.of(ALERT, new Form.Generic(Optional.empty()))))
        .isEqualTo(
            Map.of(
                "schema", "waybill.alert/1",
                "id", "01KAGW8T2M9VZ1QK4Y7H3B5CDE",
                "at", "2026-11-30T06:00:00Z",
                "kind", "failure",
                "job", "nightly",
                "run", "01KAGW8T2M9VZ1QK4Y7H3B5CDD",
                "subject", "nightly failed",
                "text", "550 <no> \"such\" file & @all\nsee the log"));
  }

  @Test
  void aMessageMarksNothingAndCallsNobodyInAChat() {
    assertThat(text(Service.SLACK))
        .isEqualTo("*nightly failed*\n550 &lt;no&gt; \"such\" file &amp; @all\nsee the log");
    assertThat(text(Service.MATTERMOST)).startsWith("**nightly failed**\n").doesNotContain("@all");
  }

  private static String text(Service service) {
    return Plain.text(Json.readObject(WebhookBody.of(ALERT, new Form.Chat(service))), "text");
  }

  @Test
  void teamsGetsACard() {
    Map<String, Object> form = Json.readObject(WebhookBody.of(ALERT, new Form.Chat(Service.TEAMS)));

    assertThat(form).containsEntry("type", "message");
    Map<String, Object> card = Plain.map(Plain.maps(form, "attachments").get(0), "content");
    assertThat(Plain.maps(card, "body"))
        .extracting(block -> block.get("text"))
        .containsExactly("nightly failed", "550 <no> \"such\" file & @all\n\nsee the log");
  }

  @Test
  void aTemplateIsFilledAndNothingBreaksOutOfItsTexts() throws IOException {
    Form form =
        template(
            "{\"n\": 1, \"list\": [\"${alert.job}: ${alert.text}\", null, true], \"m\": {\"k\": \"$x ${alert.run}\"}}");

    Map<String, Object> filled = Json.readObject(WebhookBody.of(ALERT, form));
    assertThat(filled).containsEntry("n", 1L);
    assertThat((List<?>) filled.get("list"))
        .isEqualTo(
            Arrays.asList("nightly: 550 <no> \"such\" file & @all\nsee the log", null, true));
    assertThat(filled).containsEntry("m", Map.of("k", "$x 01KAGW8T2M9VZ1QK4Y7H3B5CDD"));
  }

  @Test
  void aTemplateThatIsNoneIsSaidWithItsName() throws IOException {
    assertThatThrownBy(() -> WebhookBody.of(ALERT, template("{\"a\": \"${alert.jop}\"}")))
        .isInstanceOf(JobException.Configuration.class)
        .hasMessageContaining("alert.json: there is no ${alert.jop}; there are: id, at, kind");
    assertThatThrownBy(() -> WebhookBody.of(ALERT, template("[]")))
        .isInstanceOf(JobException.Configuration.class)
        .hasMessageContaining("alert.json");
  }

  private Form template(String text) throws IOException {
    return new Form.Generic(Optional.of(Files.writeString(directory.resolve("alert.json"), text)));
  }
}
