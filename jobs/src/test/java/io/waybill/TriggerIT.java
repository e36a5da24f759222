package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.JobException;
import io.waybill.jobs.LedgerItem;
import io.waybill.jobs.LedgerItem.State;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import io.waybill.testkit.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that files start, and the ends of other jobs. */
@Timeout(180)
class TriggerIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final SettableClock clock =
      SettableClock.at(Instant.ofEpochSecond(Instant.now().getEpochSecond()));

  private Waybill open(String jobs) throws IOException {
    Files.createDirectories(directory.resolve("in"));
    Path file =
        Files.writeString(
            directory.resolve("waybill.yml"),
            """
            version: 1
            timezone: UTC
            jobs:
            """
                + jobs.replace("DIR", directory.toString()).indent(2));
    Waybill waybill =
        Waybill.builder(JobFiles.load(file)).state(directory.resolve("state")).clock(clock).open();
    waybill.start();
    return waybill;
  }

  /** A job that writes the name of each file into done.log. */
  private static String watching(String trigger, String command) {
    return """
    watch:
      trigger: { files: { dir: in, settle: 0s, poll-every: 1s%s } }
      retry: { attempts: 1 }
      each:
        in: "${trigger.files}"
        steps:
          - exec: { command: [sh, -c, '%s', sh, "${item.name}", "${item.location}"] }
    """
        .formatted(trigger, command);
  }

  private static final String WRITES = "echo \"$1\" >> DIR/done.log";

  private List<String> done() throws IOException {
    Path log = directory.resolve("done.log");
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }

  private Path arrives(String name, String content) throws IOException {
    Path unfinished = Files.writeString(directory.resolve(name), content);
    Path file = directory.resolve("in").resolve(name);
    return Files.move(unfinished, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<LedgerItem> items(Waybill waybill, State... states) {
    return waybill.ledger().list(Optional.of("watch"), List.of(states), 1_000);
  }

  /** Returns the newest run once it has ended. */
  private static String ended(Waybill waybill) {
    await().atMost(LONG).until(() -> waybill.runs(1).get(0).state().isFinished());
    return waybill.runs(1).get(0).id();
  }

  @Test
  void eachVersionOfAFileIsDealtWithOnce() throws Exception {
    String job = watching(", batch: 7", WRITES);
    for (int i = 0; i < 30; i++) {
      Files.createDirectories(directory.resolve("in"));
      arrives("f%02d".formatted(i), "content " + i);
    }
    try (Waybill waybill = open(job)) {
      await().atMost(LONG).until(() -> items(waybill, State.DONE).size() == 30);
      assertThat(done()).hasSize(30).doesNotHaveDuplicates();
      List<Run> runs = waybill.runs(100);
      assertThat(runs).hasSize(5).extracting(Run::kind).containsOnly(TriggerKind.EVENT);
      assertThat(done().subList(0, 7))
          .containsExactlyInAnyOrder("f00", "f01", "f02", "f03", "f04", "f05", "f06");
    }
    try (Waybill waybill = open(job)) {
      arrives("f07", "another version");
      arrives("new", "new");
      await().atMost(LONG).until(() -> items(waybill, State.DONE).size() == 32);
      assertThat(done()).hasSize(32);
      assertThat(done().subList(30, 32)).containsExactlyInAnyOrder("f07", "new");

      LedgerItem item =
          items(waybill, State.DONE).stream()
              .filter(each -> each.name().endsWith("/new"))
              .findFirst()
              .orElseThrow();
      waybill.operator().forget(item);
      await().atMost(LONG).until(() -> done().size() == 33);
      assertThat(done().get(32)).isEqualTo("new");
      await().atMost(LONG).until(() -> items(waybill, State.DONE).size() == 32);
      waybill.operator().requeue(waybill.ledger().find("watch", item.key().id().substring(0, 12)));
      await().atMost(LONG).until(() -> done().size() == 34);
    }
  }

  @Test
  void aFileThatFailsComesAgainLaterAndIsThenLeftAlone() throws Exception {
    String fails = "test \"$1\" != bad || test -e DIR/mended && " + WRITES;
    try (Waybill waybill = open(watching(", quarantine-after: 2", fails))) {
      waybill.pause("watch"); // so that one run gets both
      arrives("bad", "1");
      arrives("good", "2");
      await().atMost(LONG).until(() -> items(waybill, State.WAITING).size() == 2);
      waybill.resume("watch");
      await().atMost(LONG).until(() -> items(waybill, State.FAILED).size() == 1);
      LedgerItem bad = items(waybill, State.FAILED).get(0);
      assertThat(bad.standing().failures()).isEqualTo(1);
      assertThat(bad.standing().message()).contains("exec").contains("1");
      assertThat(bad.times().due()).contains(bad.times().changed().plusSeconds(60));
      await().atMost(LONG).until(() -> waybill.runs(1).get(0).state() == RunState.PARTIAL);
      assertThat(done()).containsExactly("good");
      assertThat(waybill.runs(10)).hasSize(1);

      clock.advance(Duration.ofSeconds(61));
      await().atMost(LONG).until(() -> items(waybill, State.QUARANTINED).size() == 1);
      clock.advance(Duration.ofHours(2));
      Thread.sleep(2_500); // two looks
      assertThat(waybill.runs(10)).hasSize(2);

      Files.createFile(directory.resolve("mended"));
      waybill.operator().requeue(items(waybill, State.QUARANTINED).get(0));
      await().atMost(LONG).until(() -> items(waybill, State.DONE).size() == 2);
      assertThat(done()).containsExactly("good", "bad");
    }
  }

  @Test
  void aRunThatIsRetriedHasItsFilesAgainUnlessOthersHaveThem() throws Exception {
    String fails = "test -e DIR/mended && " + WRITES;
    try (Waybill waybill = open(watching("", fails))) {
      arrives("one", "1");
      await().atMost(LONG).until(() -> items(waybill, State.FAILED).size() == 1);
      String run = ended(waybill);
      Files.createFile(directory.resolve("mended"));
      waybill.operator().retryRun(run);
      await().atMost(LONG).until(() -> items(waybill, State.DONE).size() == 1);
      assertThat(done()).containsExactly("one");

      Files.delete(directory.resolve("mended"));
      arrives("two", "2");
      await().atMost(LONG).until(() -> items(waybill, State.FAILED).size() == 1);
      String other = ended(waybill);
      waybill.operator().forget(items(waybill, State.FAILED).get(0));
      assertThatThrownBy(() -> waybill.operator().retryRun(other))
          .isInstanceOf(JobException.Configuration.class)
          .hasMessageContaining("1 of its 1 files");
    }
  }

  @Test
  void aPausedJobIsGivenNothingUntilItGoesOn() throws Exception {
    try (Waybill waybill = open(watching("", WRITES))) {
      waybill.pause("watch");
      arrives("one", "1");
      await().atMost(LONG).until(() -> items(waybill, State.WAITING).size() == 1);
      Thread.sleep(2_500); // two looks
      assertThat(waybill.runs(10)).isEmpty();
      waybill.resume("watch");
      await().atMost(LONG).until(() -> done().equals(List.of("one")));
    }
  }

  @Test
  void aFileThatIsGoneBeforeItsTurnIsForgotten() throws Exception {
    try (Waybill waybill = open(watching("", WRITES))) {
      waybill.pause("watch");
      Path file = arrives("one", "1");
      await().atMost(LONG).until(() -> items(waybill, State.WAITING).size() == 1);
      Files.delete(file);
      arrives("two", "2");
      waybill.resume("watch");
      await().atMost(LONG).until(() -> done().equals(List.of("two")));
      assertThat(items(waybill, State.values()))
          .extracting(LedgerItem::name)
          .singleElement()
          .asString()
          .endsWith("/two");
    }
  }

  @Test
  void aVersionThatWasReplacedMeanwhileIsNotTakenForTheOneThatWasFound() throws Exception {
    String job =
        """
        watch:
          trigger: { files: { dir: in, settle: 0s, poll-every: 1s } }
          retry: { attempts: 1 }
          each:
            in: "${trigger.files}"
            steps:
              - exec: { command: [sh, -c, 'cat "$1" >> DIR/done.log; while ! test -e DIR/go; do sleep 0.1; done', sh, "${item.location}"] }
            on-success: { move: { from: "${item}", to: DIR/sent/ } }
        """;
    try (Waybill waybill = open(job)) {
      arrives("f", "one\n");
      await().atMost(LONG).until(() -> done().equals(List.of("one")));
      arrives("f", "two, and longer\n");
      Files.createFile(directory.resolve("go"));
      await().atMost(LONG).until(() -> Files.exists(directory.resolve("sent/f")));
      assertThat(directory.resolve("sent/f")).hasContent("two, and longer\n");
      assertThat(done()).containsExactly("one", "two, and longer");
      await().atMost(LONG).until(() -> waybill.runs(1).get(0).state().isFinished());
      assertThat(waybill.runs(10)).hasSize(2);
      assertThat(waybill.runs(10).get(1).message()).contains("was replaced since it was found");
    }
  }

  @Test
  void theOldestGoesFirstWithinASecondToo() throws Exception {
    Files.createDirectories(directory.resolve("in"));
    Instant second = Instant.parse("2026-01-31T10:00:00Z");
    arrives("young", "1");
    arrives("old", "2");
    Files.setLastModifiedTime(
        directory.resolve("in/young"), FileTime.from(second.plusNanos(250_100_000)));
    Files.setLastModifiedTime(
        directory.resolve("in/old"), FileTime.from(second.plusNanos(250_000_000)));
    try (Waybill waybill = open(watching(", order: oldest, batch: 1", WRITES))) {
      await().atMost(LONG).until(() -> items(waybill, State.DONE).size() == 2);
      assertThat(done()).containsExactly("old", "young");
    }
  }

  @Test
  void whatWaitsIsNotLostWhenThePatternIsEdited() throws Exception {
    try (Waybill waybill = open(watching(", match: \"*.a\"", WRITES))) {
      waybill.pause("watch");
      arrives("one.a", "1");
      await().atMost(LONG).until(() -> items(waybill, State.WAITING).size() == 1);
    }
    try (Waybill waybill = open(watching(", match: [\"*.a\", \"*.b\"]", WRITES))) {
      assertThat(items(waybill, State.WAITING)).hasSize(1);
      waybill.resume("watch");
      await().atMost(LONG).until(() -> done().equals(List.of("one.a")));
    }
  }

  @Test
  void oneRunWaitsForAnotherJobsEndsWhereRunsMustNotOverlap() throws Exception {
    String jobs =
        """
        first: { steps: { exec: { command: [/bin/true] } } }
        slow:
          trigger: { job: { name: first } }
          steps: { exec: { command: [sh, -c, 'while ! test -e DIR/go; do sleep 0.1; done'] } }
        """;
    try (Waybill waybill = open(jobs)) {
      for (int i = 1; i <= 4; i++) {
        int ended = i;
        waybill.trigger("first", Map.of());
        await()
            .atMost(LONG)
            .until(
                () ->
                    waybill.runs(20).stream()
                            .filter(run -> run.job().equals("first") && run.state().isFinished())
                            .count()
                        == ended);
        await()
            .atMost(LONG)
            .until(
                () ->
                    waybill.unfinished().stream()
                        .anyMatch(
                            run -> run.job().equals("slow") && run.state() == RunState.RUNNING));
      }
      assertThat(waybill.unfinished()).hasSize(2);
      Files.createFile(directory.resolve("go"));
      await().atMost(LONG).until(() -> waybill.unfinished().isEmpty());
    }
  }

  @Test
  void aRunByHandTakesWhatIsThere() throws Exception {
    Files.createDirectories(directory.resolve("in"));
    arrives("one", "1");
    arrives("two", "2");
    try (Waybill unused = open("other: { steps: { list: { from: /tmp/ } } }")) {
      // has made the store, and watches nothing
    }
    Path file =
        Files.writeString(
            directory.resolve("hand.yml"),
            "version: 1\ntimezone: UTC\njobs:\n"
                + watching(", batch: 1", WRITES).replace("DIR", directory.toString()).indent(2));
    try (Waybill waybill =
        Waybill.builder(JobFiles.load(file)).state(directory.resolve("state")).open()) {
      assertThat(waybill.run("watch").run().state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(done()).containsExactly("one");
      assertThat(waybill.run("watch").run().kind()).isEqualTo(TriggerKind.LOCAL);
      assertThat(done()).containsExactly("one", "two");
      assertThat(waybill.run("watch").run().message()).isEqualTo("each: there were no items");
      assertThat(done()).hasSize(2);
      assertThat(items(waybill, State.DONE)).hasSize(2);
    }
  }

  @Test
  void aJobIsStartedByTheEndsThatItWaitsFor() throws Exception {
    String jobs =
        """
        first:
          retry: { attempts: 1 }
          params: { fails: { type: text, default: "no" } }
          steps: { exec: { command: [sh, -c, "test $1 = no", sh, "${params.fails}"] } }
        good:
          trigger: { job: { name: first } }
          steps: { exec: { command: [sh, -c, 'echo "good $1 $2 $3" >> DIR/done.log', sh, "${trigger.job}", "${trigger.run.state}", "${trigger.run.scheduled-date | format('yyyy')}"] } }
        bad:
          trigger: { job: { name: first, when: [failure] } }
          steps: { exec: { command: [sh, -c, 'echo "bad $1" >> DIR/done.log', sh, "${trigger.run.state}"] } }
        last:
          trigger: [ { job: { name: good } }, { job: { name: bad } } ]
          steps: { exec: { command: [sh, -c, 'echo "last $1" >> DIR/done.log', sh, "${trigger.job}"] } }
        """;
    try (Waybill waybill = open(jobs)) {
      waybill.trigger("first", Map.of());
      String year = String.valueOf(Instant.now().atZone(java.time.ZoneOffset.UTC).getYear());
      await()
          .atMost(LONG)
          .until(() -> done().equals(List.of("good first succeeded " + year, "last good")));
      waybill.trigger("first", Map.of("fails", "yes"));
      await().atMost(LONG).until(() -> done().size() == 4);
      assertThat(done().subList(2, 4)).containsExactly("bad failed", "last bad");
      waybill.pause("good");
      waybill.trigger("first", Map.of());
      await().atMost(LONG).until(() -> waybill.runs(1).get(0).state() == RunState.SKIPPED);
      assertThat(waybill.runs(1).get(0).message()).isEqualTo("the job is paused");
    }
  }
}
