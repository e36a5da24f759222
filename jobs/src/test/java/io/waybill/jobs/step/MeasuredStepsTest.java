package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run is measured by, of each kind of step. */
class MeasuredStepsTest {
  private static StepType<?> type(String name) {
    return StepTypes.all().stream()
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name));
  }

  /** Returns a result with a list of three files and of two messages, and numbers. */
  private static StepResult result() {
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("files", Collections.nCopies(3, Map.of("name", "a.csv")));
    outputs.put("messages", List.of("a", "b"));
    outputs.put("count", 7L);
    outputs.put("copied", 10L);
    outputs.put("renamed", 20L);
    outputs.put("deleted", 30L);
    outputs.put("equal", 1_000L);
    outputs.put("slowest", 41L);
    return new StepResult(outputs, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "copy, 3",
    "move, 3",
    "delete, 3",
    "mail.save-attachments, 3",
    "unarchive, 3",
    "archive, 7",
    "sync, 60",
    "list, 0",
    "checksum, 0",
    "http.request, 0",
  })
  void filesAreThoseThatAStepHasDoneSomethingWith(String step, long files) {
    assertThat(type(step).files(result())).isEqualTo(files);
  }

  @Test
  void aStepWithoutFilesHasNone() {
    assertThat(type("exec").files(new StepResult(Map.of("exit-code", 0L), 0))).isZero();
  }

  @Test
  void anAnswerThatIsSavedIsAFile() {
    assertThat(type("http.request").files(new StepResult(Map.of("file", "/a"), 1))).isOne();
  }

  @Test
  void onlyChecksTellHowLongThingsTook() {
    assertThat(type("check").latencyMillis(result())).isEqualTo(OptionalLong.of(41));
    assertThat(type("copy").latencyMillis(result())).isEmpty();
  }
}
