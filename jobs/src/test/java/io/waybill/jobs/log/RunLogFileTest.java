package io.waybill.jobs.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.Ulid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogFileTest {
  private static final Instant NOW = Instant.parse("2026-11-30T23:59:59Z");
  private static final int CAP = Math.toIntExact(RunLogFile.MOST_BYTES);

  @TempDir Path folder;

  private static String id(Instant moment) {
    return new Ulid(InstantSource.fixed(moment), new Random(1)).next();
  }

  private static byte[] line(String text) {
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private RunLogDirectory directory() {
    return RunLogDirectory.at(folder);
  }

  @Test
  void aRunThatSaysNothingHasNoFile() throws IOException {
    String id = id(NOW);
    new RunLogFile(directory().file(id)).close();

    assertThat(folder).isEmptyDirectory();
    assertThat(directory().read(id, 0, 100)).isEmpty();
    assertThat(directory().end(id, 100)).isEmpty();
  }

  @Test
  void theFileIsItsOwnersUnderTheDayOfItsId() throws IOException {
    String id = id(NOW);
    try (RunLogFile file = new RunLogFile(directory().file(id))) {
      file.add(line("one"));
    }
    Path path = folder.resolve("2026-11-30").resolve(id + ".log");
    assertThat(path).hasContent("one");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void whatIsInTheBufferIsThereAfterAFlushAndARestartGoesOnBehindIt() throws IOException {
    String id = id(NOW);
    RunLogFile killed = new RunLogFile(directory().file(id));
    killed.add(line("one"));
    assertThat(directory().read(id, 0, 100))
        .hasValueSatisfying(p -> assertThat(p.text()).isEmpty());
    killed.flush();
    killed.add(line("lost"));
    try (RunLogFile next = new RunLogFile(directory().file(id))) {
      next.add(line("two"));
    }
    assertThat(directory().file(id)).hasContent("one\ntwo");
  }

  @Test
  void anInterruptedThreadWritesAllTheSame() throws IOException {
    String id = id(NOW);
    try (RunLogFile file = new RunLogFile(directory().file(id))) {
      file.add(line("one"));
      Thread.currentThread().interrupt();
      file.flush();
      file.add(line("two"));
      file.flush();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(directory().file(id)).hasContent("one\ntwo");
  }

  @Test
  void whatIsClosedTakesNoMore() throws IOException {
    String id = id(NOW);
    RunLogFile file = new RunLogFile(directory().file(id));
    file.add(line("one"));
    file.close();
    file.add(line("two"));
    file.flush();
    file.close();
    assertThat(directory().file(id)).hasContent("one");
  }

  @Test
  void aFullFileSaysSoAndHasTheEndAllTheSame() throws IOException {
    String id = id(NOW);
    byte[] kibibyte = line("x".repeat(1023));
    try (RunLogFile file = new RunLogFile(directory().file(id))) {
      for (int i = 0; i < CAP / 1024 + 1000; i++) {
        file.add(kibibyte);
      }
      file.add(line("why it failed"));
    }
    String text = Files.readString(directory().file(id));
    assertThat(text).hasSizeLessThan(CAP + RunLogFile.LAST_BYTES + 200);
    assertThat(text.substring(CAP))
        .startsWith("--- 16 MiB are full: what follows is left out, but for its end ---\n--- ")
        .contains(" bytes are left out here ---\nxxx")
        .endsWith("x\nwhy it failed\n");
  }

  @Test
  void littleThatFollowsAFullFileIsAllThere() throws IOException {
    String id = id(NOW);
    try (RunLogFile file = new RunLogFile(directory().file(id))) {
      file.add(new byte[CAP]);
      file.add(line("one"));
      file.add(line("two"));
    }
    try (RunLogFile again = new RunLogFile(directory().file(id))) {
      again.add(line("three"));
    }
    String mark = "--- 16 MiB are full: what follows is left out, but for its end ---\n";
    assertThat(Files.readString(directory().file(id)).substring(CAP))
        .isEqualTo(mark + "one\ntwo\n" + mark + "three\n");
  }

  @Test
  void aFileThatCannotBeMadeIsSaidOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("2026-11-30"), "in the way").resolve("x.log");
    RunLogFile log = new RunLogFile(file);

    assertThatThrownBy(() -> log.add(line("one"))).isInstanceOf(IOException.class);

    log.add(line("two"));
    log.close();
  }

  @Test
  void piecesAreWholeLines() throws IOException {
    String id = id(NOW);
    try (RunLogFile file = new RunLogFile(directory().file(id))) {
      file.add(line("été"));
      file.add(line("1234567890"));
    }
    assertThat(directory().read(id, 0, 8)).contains(new LogPart("été\n", 0, 6));
    assertThat(directory().read(id, 6, 4)).contains(new LogPart("1234", 6, 10));
    assertThat(directory().read(id, 10, 100)).contains(new LogPart("567890\n", 10, 17));
    assertThat(directory().read(id, 17, 100)).contains(new LogPart("", 17, 17));
    assertThat(directory().read(id, 1000, 100)).contains(new LogPart("", 1000, 1000));
  }

  @Test
  void anEndBeginsWithAWholeLine() throws IOException {
    String id = id(NOW);
    try (RunLogFile file = new RunLogFile(directory().file(id))) {
      file.add(line("one"));
      file.add(line("two"));
    }
    LogEnd end = directory().end(id, 6).orElseThrow();
    assertThat(new String(end.bytes(), StandardCharsets.UTF_8)).isEqualTo("two\n");
    assertThat(end.isCut()).isTrue();
    assertThat(directory().end(id, 8).orElseThrow().isCut()).isFalse();
  }

  @Test
  void onlyAnIdBecomesAPartOfAPath() {
    assertThatThrownBy(() -> directory().file("../../../../../etc/passwd0"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void filesGoWithTheirRunsAndEmptyDaysWithTheirFiles() throws IOException {
    String one = id(NOW);
    String two = new Ulid(InstantSource.fixed(NOW), new Random(2)).next();
    write(one);
    write(two);

    directory().delete(Set.of(one, id(NOW.minus(Duration.ofDays(1)))));
    assertThat(directory().file(one)).doesNotExist();
    assertThat(directory().file(two)).exists();

    directory().delete(Set.of(two));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void filesOfUnknownRunsGoWhenTheirDayIsOver() throws IOException {
    String known = id(NOW.minus(Duration.ofDays(3)));
    String old = new Ulid(InstantSource.fixed(NOW.minus(Duration.ofDays(3))), new Random(7)).next();
    String young = id(NOW);
    write(known);
    write(old);
    write(young);
    Path notOurs = Files.writeString(directory().file(old).resolveSibling("notes.txt"), "mine");
    Collection<String> all = Set.of(known);

    int deleted = directory().deleteUnknown(NOW.minus(Duration.ofDays(1)), ids -> Set.copyOf(all));

    assertThat(deleted).isEqualTo(1);
    assertThat(directory().file(old)).doesNotExist();
    assertThat(directory().file(known)).exists();
    assertThat(directory().file(young)).exists();
    assertThat(notOurs).exists();
    assertThat(RunLogDirectory.at(folder.resolve("none")).deleteUnknown(NOW, ids -> Set.of()))
        .isZero();
  }

  private void write(String id) throws IOException {
    try (RunLogFile file = new RunLogFile(directory().file(id))) {
      file.add(line(id));
    }
  }

  @Test
  void theLastBytesAreRememberedInOrder() {
    LastLines last = new LastLines(10);
    last.add(line("ab"));
    assertThat(new String(last.bytes(), StandardCharsets.UTF_8)).isEqualTo("ab\n");
    last.add(line("cdefg"));
    last.add(line("hi"));
    assertThat(new String(last.bytes(), StandardCharsets.UTF_8)).isEqualTo("cdefg\nhi\n");
    last.add(line("0123456789abc"));
    assertThat(new String(last.bytes(), StandardCharsets.UTF_8)).isEqualTo("456789abc\n");
    assertThat(last.seen()).isEqualTo(3 + 6 + 3 + 14);
  }
}
