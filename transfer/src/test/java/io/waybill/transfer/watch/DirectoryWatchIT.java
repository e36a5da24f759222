package io.waybill.transfer.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the disk and the events of the system. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class DirectoryWatchIT {
  // longer than the test may take: what comes, comes by an event
  private static final Duration NEVER = Duration.ofMinutes(10);

  @TempDir Path directory;
  private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
  private final BlockingQueue<WatchTrouble> troubles = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> ended = new LinkedBlockingQueue<>();
  private Path in;
  private @Nullable DirectoryWatch watch;
  private @Nullable Thread thread;

  @BeforeEach
  void makeDirectory() throws IOException {
    in = Files.createDirectory(directory.resolve("in"));
  }

  @AfterEach
  void endsWithinASecond() throws InterruptedException {
    Objects.requireNonNull(watch).close();
    Thread running = Objects.requireNonNull(thread);
    running.join(1000);
    assertThat(running.isAlive()).as("watches still").isFalse();
    assertThat(ended).isEmpty();
  }

  private void start(WatchOptions.Builder options) {
    DirectoryWatch made = DirectoryWatch.of(in, options.build());
    watch = made;
    WatchHandler handler =
        new WatchHandler() {
          @Override
          public Collection<Arrival> arrived(List<Arrival> batch) {
            batch.forEach(each -> arrived.add(each.path()));
            return List.of();
          }

          @Override
          public void trouble(WatchTrouble trouble) {
            troubles.add(trouble);
          }
        };
    Thread running =
        new Thread(
            () -> {
              try {
                made.run(handler);
              } catch (InterruptedException | RuntimeException e) {
                ended.add(e);
              }
            },
            "watch-under-test");
    thread = running;
    running.start();
  }

  private String next() throws InterruptedException {
    String path = arrived.poll(20, TimeUnit.SECONDS);
    assertThat(path).as("a file that arrives; troubles: %s", troubles).isNotNull();
    return path;
  }

  @Test
  void eventsOfANewFileAndOneInANewDirectoryAreHeard() throws Exception {
    Files.writeString(in.resolve("first"), "1");
    start(WatchOptions.builder().interval(NEVER).settle(Duration.ofMillis(200)).recursive(true));
    assertThat(next()).isEqualTo("first");
    Files.writeString(in.resolve("a.tmp"), "x");
    Files.move(in.resolve("a.tmp"), in.resolve("a.csv"));
    assertThat(next()).isEqualTo("a.csv");
    Path below = Files.createDirectory(in.resolve("below"));
    Files.writeString(below.resolve("b.csv"), "x");
    assertThat(next()).isEqualTo("below/b.csv");
    Files.writeString(below.resolve("c.csv"), "x");
    assertThat(next()).isEqualTo("below/c.csv");
    Files.writeString(directory.resolve("other"), "new version");
    Files.move(
        directory.resolve("other"), in.resolve("a.csv"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(next()).isEqualTo("a.csv");
    assertThat(troubles).isEmpty();
    assertThat(arrived).isEmpty();
  }

  @Test
  void withoutEventsTheIntervalFindsAll() throws Exception {
    start(
        WatchOptions.builder()
            .interval(Duration.ofMillis(100))
            .settle(Duration.ofMillis(150))
            .events(false));
    Files.writeString(in.resolve("a"), "1");
    assertThat(next()).isEqualTo("a");
  }

  @Test
  void aDirectoryThatIsRemovedAndMadeAgainIsWatchedOn() throws Exception {
    start(WatchOptions.builder().interval(Duration.ofMillis(100)).settle(Duration.ZERO));
    Files.writeString(in.resolve("a"), "1");
    assertThat(next()).isEqualTo("a");
    Files.delete(in.resolve("a"));
    Files.delete(in);
    WatchTrouble missing = troubles.poll(20, TimeUnit.SECONDS);
    assertThat(missing).isNotNull();
    assertThat(missing.kind()).isEqualTo(WatchTrouble.Kind.MISSING);
    assertThat(missing.message()).contains("there is no directory " + in);
    Files.createDirectory(in);
    Files.writeString(in.resolve("b"), "2");
    assertThat(next()).isEqualTo("b");
    Files.createSymbolicLink(in.resolve("link"), in.resolve("b"));
    WatchTrouble link = troubles.poll(20, TimeUnit.SECONDS);
    while (link != null && link.kind() != WatchTrouble.Kind.LEFT_OUT) {
      link = troubles.poll(20, TimeUnit.SECONDS);
    }
    assertThat(link).isNotNull();
    assertThat(link.path()).isEqualTo("link");
  }

  @Test
  void manyMoreEventsThanTheSystemKeepsLoseNoFile() throws Exception {
    start(
        WatchOptions.builder()
            .interval(Duration.ofSeconds(2))
            .settle(Duration.ofMillis(100))
            .batch(1000));
    for (int i = 0; i < 20_000; i++) {
      Files.createFile(in.resolve("f%05d".formatted(i)));
    }
    for (int i = 0; i < 20_000; i++) {
      next();
    }
    assertThat(arrived.poll(300, TimeUnit.MILLISECONDS)).isNull();
    assertThat(troubles).isEmpty();
  }
}
