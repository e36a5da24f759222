package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.config.JobFileWatch.Look;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobFileWatchTest {
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir Path directory;

  private JobFileWatch watch(Path... given) {
    return new JobFileWatch(List.of(given), InstantSource.system());
  }

  private Path write(String name, String text) throws IOException {
    Path file = Files.writeString(directory.resolve(name), text);
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    return file;
  }

  @Test
  void whatIsAsItWasLooksTheSame() throws IOException {
    JobFileWatch watch = watch(write("a.yml", "one"));

    assertThat(watch.look(List.of())).isEqualTo(watch.look(List.of()));
  }

  @Test
  void anotherTextOfTheSameLengthAndTimeIsSeen() throws IOException {
    Path file = write("a.yml", "one");
    JobFileWatch watch = watch(file);
    Look before = watch.look(List.of());
    write("a.yml", "two");

    assertThat(watch.look(List.of())).isNotEqualTo(before);
  }

  @Test
  void aFileThatWasOnlyTouchedLooksTheSame() throws IOException {
    Path file = write("a.yml", "one");
    JobFileWatch watch = watch(file);
    Look before = watch.look(List.of());
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.plusSeconds(60)));

    assertThat(watch.look(List.of())).isEqualTo(before);
  }

  @Test
  void filesThatComeIntoADirectoryAndGoAreSeen() throws IOException {
    write("a.yml", "one");
    JobFileWatch watch = watch(directory);
    Look one = watch.look(List.of());
    Path second = write("b.yaml", "two");
    write(".hidden.yml", "unfinished");
    Look two = watch.look(List.of());
    Files.delete(second);

    assertThat(two.digests()).hasSize(2).doesNotContainKey(".hidden.yml");
    assertThat(two).isNotEqualTo(one);
    assertThat(watch.look(List.of())).isEqualTo(one);
  }

  @Test
  void aFileThatIsGoneOrNoFileIsALookOfItsOwn() throws IOException {
    Path file = write("a.yml", "one");
    JobFileWatch watch = watch(file);
    Look before = watch.look(List.of());
    Files.delete(file);

    assertThat(watch.look(List.of()).digests()).containsEntry(file.toString(), "absent");
    write("a.yml", "one");
    assertThat(watch.look(List.of())).isEqualTo(before);
  }

  @Test
  void filesThatJobFilesNameCount() throws IOException {
    Path file = write("a.yml", "one");
    Path days = write("holidays.ics", "none");
    JobFileWatch watch = watch(file);
    Look before = watch.look(List.of(days));
    write("holidays.ics", "some");

    assertThat(watch.look(List.of(days))).isNotEqualTo(before);
  }
}
