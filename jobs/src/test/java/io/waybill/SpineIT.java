package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.SpineFixture.Overrides;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.RunState;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole path through the facade: FTP to disk to the hub, a mail out and back, everything on
 * record.
 */
@Timeout(120)
class SpineIT {
  private static final String ON_DEMAND = "description: on demand";

  @TempDir Path directory;

  @Test
  void filesAndMailTravelTheWholePath() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      Path big = spine.offer("big.bin", 5_000_001);
      Path named = spine.offer("sub/Žofie 🚚.txt", 77);
      Path empty = spine.offer("nothing.dat", 0);

      RunRecord record = run(spine, Overrides.NONE);

      assertThat(record.run().message()).isEmpty();
      assertThat(record.isSuccess()).isTrue();
      for (Path offered : List.of(big, named, empty)) {
        String name = directory.resolve("partner/out").relativize(offered).toString();
        assertThat(SpineFixture.sha256(spine.inHub(name))).isEqualTo(SpineFixture.sha256(offered));
      }
      assertThat(files(record, "push")).allMatch(file -> file.get("digest") instanceof String);
      assertThat(record.steps()).extracting(step -> step.attempts().size()).containsOnly(1);
    }
  }

  @Test
  void aCutConnectionIsResumedWithinTheAttempt() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("big.bin", 20 << 20);
      spine.hubProxy.arm(FaultPlan.once(Fault.RESET, Direction.TO_TARGET, 12 << 20));

      RunRecord record = run(spine, Overrides.NONE);

      assertThat(record.isSuccess()).isTrue();
      assertThat(files(record, "push").get(0)).containsEntry("reconnects", 1L);
      assertThat(Plain.number(files(record, "push").get(0), "resumed")).isPositive();
    }
  }

  @Test
  void aRefusedFtpLoginNamesServerAndUserAndIsNotRetried() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("a.bin", 10);

      RunRecord record = run(spine, new Overrides("127.0.0.1", "wrong-ftp-pass", "", ""));

      assertThat(record.run().state()).isEqualTo(RunState.FAILED);
      assertThat(record.run().failureClass()).contains(FailureClass.PERMANENT);
      assertThat(record.run().message())
          .contains("pull", "127.0.0.1", "demo")
          .doesNotContain("wrong-ftp-pass");
      assertThat(record.steps().get(0).attempts()).hasSize(1);
      assertThat(spine.directory.resolve("inbox/a.bin")).doesNotExist();
    }
  }

  @Test
  void aRefusedHubKeyAndMailPasswordAreSaid() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("a.bin", 10);

      RunRecord wrongKey = run(spine, new Overrides("127.0.0.1", "", "", "wrong-hub-key"));
      assertThat(wrongKey.run().message()).contains("push", "demo").doesNotContain("wrong-hub-key");
      assertThat(spine.inHub("a.bin")).doesNotExist();

      RunRecord wrongMail = run(spine, new Overrides("127.0.0.1", "", "wrong-mail-pass", ""));
      assertThat(wrongMail.run().message())
          .contains("report", "demo")
          .doesNotContain("wrong-mail-pass");
    }
  }

  @Test
  void anUnknownHostIsTriedAgainAndThenSaid() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("a.bin", 10);

      RunRecord record = run(spine, new Overrides("no-such-host.invalid", "", "", ""));

      assertThat(record.run().state()).isEqualTo(RunState.FAILED);
      assertThat(record.run().message()).contains("no-such-host.invalid");
      assertThat(record.steps().get(0).attempts()).hasSizeBetween(1, 3);
    }
  }

  @Test
  void aMissingSecretSaysWhichAndWhere() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("a.bin", 10);
      Path file = spine.jobFile(ON_DEMAND);
      Files.delete(spine.directory.resolve("secrets/ftp"));

      RunRecord record = run(spine, file);

      assertThat(record.run().failureClass()).contains(FailureClass.CONFIGURATION);
      assertThat(record.run().message()).contains("ftp", "secrets/ftp");
    }
  }

  private static RunRecord run(SpineFixture spine, Overrides overrides) throws Exception {
    return run(spine, spine.jobFile(ON_DEMAND, overrides));
  }

  private static RunRecord run(SpineFixture spine, Path file) {
    Configuration configuration = JobFiles.load(file);
    try (Waybill waybill = Waybill.builder(configuration).state(spine.state()).open()) {
      return waybill.run("spine");
    }
  }

  private static List<Map<String, Object>> files(RunRecord record, String step) {
    return Plain.maps(record.step(step).orElseThrow().result().orElseThrow().outputs(), "files");
  }
}
