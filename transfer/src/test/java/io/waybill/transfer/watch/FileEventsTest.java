package io.waybill.transfer.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.watch.WatchTrouble.Kind;
import java.lang.reflect.Proxy;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FileEventsTest {
  @Test
  void noMoreWatchesMeansThatTimePassesAndIsSaidInWords() throws InterruptedException {
    FileEvents events = new FileEvents(rootWithout("User limit of inotify watches reached"));
    Optional<WatchTrouble> told = events.watch(List.of(""));
    assertThat(told).isPresent();
    assertThat(told.get().kind()).isEqualTo(Kind.NO_EVENTS);
    assertThat(told.get().message())
        .contains("User limit of inotify watches reached")
        .contains("files are found at the next interval")
        .contains("fs.inotify.max_user_watches");
    assertThat(events.watch(List.of("", "a"))).isEqualTo(told);
    long begun = System.nanoTime();
    events.await(0, Duration.ofMillis(50).toNanos());
    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
    events.close();
    events.await(0, Duration.ofHours(1).toNanos());
  }

  // a path of a file system that has no watch service left
  private static Path rootWithout(String why) {
    FileSystem none = new NoEvents(why);
    return (Path)
        Proxy.newProxyInstance(
            Path.class.getClassLoader(),
            new Class<?>[] {Path.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getFileSystem" -> none;
                  case "toString" -> "in";
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
