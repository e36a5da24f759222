package io.waybill.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.Attempt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a run was at work, by its attempts. */
class WorkingTimeTest {
  @ParameterizedTest(name = "{0}: {1} ms")
  @CsvSource({
    "'', 0",
    "0-100, 100",
    "'0-100 100-150', 150",
    "'0-100 60000-60050', 150", // waited between two attempts
    "'0-100 20-30 50-120', 120", // items at the same time
    "'20-30 0-100', 100",
    "'0-100 0-100 0-100', 100",
    "'50-40', 0", // by a clock that was put back
  })
  void whatOverlapsCountsOnceAndWaitsDoNot(String attempts, long millis) {
    List<Attempt> list = new ArrayList<>();
    for (String each : attempts.isEmpty() ? new String[0] : attempts.split(" ", -1)) {
      String[] ends = each.split("-", 2);
      list.add(
          Attempt.builder()
              .id("a" + list.size())
              .runId("r")
              .stepKey("s" + list.size())
              .startedAt(Instant.ofEpochMilli(Long.parseLong(ends[0])))
              .endedAt(Instant.ofEpochMilli(Long.parseLong(ends[1])))
              .build());
    }

    assertThat(RunComparison.workingMillis(list)).isEqualTo(millis);
  }
}
