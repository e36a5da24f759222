package io.waybill.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.StepProgress;
import io.waybill.jobs.json.Plain;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FileTallyTest {
  private final FileTally files = new FileTally(StepProgress.NONE);

  @Test
  void allFilesAreCountedAndTheFirstOfEachAreKept() {
    for (int i = 0; i < 250; i++) {
      files.fileDone("/from/" + i, "/to/" + i);
      files.fileFailed("/from/f" + i, "no\nroom");
    }

    Map<String, Object> form = files.form();

    assertThat(form)
        .containsEntry("done", 250L)
        .containsEntry("failed", 250L)
        .containsEntry("not-listed", 300L);
    assertThat(Plain.maps(form, "listed")).hasSize(200);
    assertThat(Plain.maps(form, "listed").get(0))
        .isEqualTo(Map.of("source", "/from/f0", "state", "failed", "message", "no?room"));
    assertThat(Plain.maps(form, "listed").get(100))
        .isEqualTo(Map.of("source", "/from/0", "state", "done", "location", "/to/0"));
  }

  @Test
  void anAttemptWithoutFilesHasNothingToTell() {
    assertThat(files.form()).isEmpty();
  }
}
