package io.waybill.transfer.watch;

import static io.waybill.transfer.watch.ScriptedDirectory.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.watch.WatchTrouble.Kind;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DirectoryWatchTest {
  private static final Duration SETTLE = Duration.ofSeconds(4);
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private final ScriptedDirectory in = new ScriptedDirectory();

  private void nothing() {}

  private static WatchOptions.Builder options() {
    return WatchOptions.builder().interval(INTERVAL).settle(SETTLE);
  }

  @Test
  void aFileSettlesBetweenTwoLooksAndComesOnce() throws InterruptedException {
    in.put("a");
    in.run(options().build(), this::nothing, this::nothing, this::nothing);
    assertThat(in.batches).containsExactly(List.of("a"));
    // the second look is made when the file is due, the others at the interval
    assertThat(in.waits).startsWith(SETTLE.toNanos(), INTERVAL.toNanos()).hasSize(4);
  }

  @Test
  void whatGrowsIsTouchedOrReplacedWaitsAnew() throws InterruptedException {
    in.put("grows");
    in.put("touched");
    in.put("replaced");
    in.run(
        options().build(),
        () -> {
          in.files.put("grows", version(2, 1));
          in.files.put("touched", version(1, 2));
          in.files.computeIfPresent(
              "replaced",
              (path, old) ->
                  new SourceIdentity(old.sizeBytes(), old.modified(), Optional.of("another")));
        },
        () -> assertThat(in.batches).isEmpty(),
        this::nothing);
    assertThat(in.batches).containsExactly(List.of("grows", "replaced", "touched"));
  }

  @Test
  void aNewVersionComesAgainAndAnOldOneDoesNot() throws InterruptedException {
    in.put("a");
    in.run(
        options().build(),
        this::nothing,
        () -> in.files.put("a", version(1, 9)),
        this::nothing,
        this::nothing);
    assertThat(in.batches).containsExactly(List.of("a"), List.of("a"));
  }

  @Test
  void doneFileSettlesAtOnceAndOnlyForOneVersion() throws InterruptedException {
    in.put("d/a");
    in.put("d/a.done");
    in.put("lonely.done");
    in.run(
        options().doneFile("{name}.done").build(),
        () -> {
          assertThat(in.batches).containsExactly(List.of("d/a"));
          in.files.put("d/a", version(5, 5)); // being written, beside the old done-file
        },
        () -> assertThat(in.batches).hasSize(1),
        () -> in.files.put("d/a", version(6, 6)),
        () -> {
          in.files.put("d/a", version(7, 7));
          in.files.put("d/a.done", version(1, 8));
        });
    assertThat(in.batches.get(in.batches.size() - 1)).containsExactly("d/a");
    assertThat(in.arrived()).doesNotContain("lonely.done", "d/a.done");
  }

  @Test
  void temporaryAndUnwantedFilesNeverCome() throws InterruptedException {
    List.of("a.csv", "b.csv.tmp", "c.part", ".x.0123.wbpart", "old.csv~", "d.txt", "e.csv")
        .forEach(in::put);
    in.run(
        options().filter(List.of("*.csv", "*.part"), List.of("e*")).build(),
        this::nothing,
        this::nothing);
    assertThat(in.batches).containsExactly(List.of("a.csv"));
  }

  @Test
  void batchesAreInOrder() throws InterruptedException {
    in.files.put("a", version(1, 30));
    in.files.put("b", version(1, 10));
    in.files.put("c", version(1, 20));
    in.run(options().batch(2).build(), this::nothing);
    assertThat(in.batches).containsExactly(List.of("a", "b"), List.of("c"));

    ScriptedDirectory byTime = new ScriptedDirectory();
    byTime.files.putAll(in.files);
    byTime.run(options().batch(2).order(WatchOptions.Order.TIME).build(), this::nothing);
    assertThat(byTime.batches).containsExactly(List.of("b", "c"), List.of("a"));
  }

  @Test
  void whatCouldNotBeDealtWithComesAgainLaterAndLater() throws InterruptedException {
    in.put("bad");
    in.put("good");
    in.refused.add("bad");
    Runnable[] steps = new Runnable[8];
    Arrays.setAll(steps, i -> this::nothing);
    in.run(options().build(), steps);
    // due after 4 s, then 10, 20 and 40 s later
    assertThat(in.batches)
        .containsExactly(List.of("bad", "good"), List.of("bad"), List.of("bad"), List.of("bad"));
    assertThat(in.nanos).isBetween(70_000_000_000L, 100_000_000_000L);
  }

  @Test
  void emptyDirectoryThatIsTheSameIsEmpty() throws InterruptedException {
    in.put("a");
    in.run(
        options().build(),
        this::nothing,
        in.files::clear,
        () -> in.put("a"),
        this::nothing,
        this::nothing);
    assertThat(in.told).isEmpty();
    assertThat(in.batches).containsExactly(List.of("a"), List.of("a"));
  }

  @Test
  void anUnmountedDirectoryIsToldAndWhatWasInItRemembered() throws InterruptedException {
    in.put("a");
    in.run(
        options().build(),
        this::nothing,
        () -> {
          in.files.clear();
          in.key = Optional.of("dev 2");
        },
        () -> {
          in.put("a");
          in.key = Optional.of("dev 1");
        },
        this::nothing,
        this::nothing);
    assertThat(in.told).containsExactly("SUSPICIOUS ", "over SUSPICIOUS ");
    assertThat(in.batches).containsExactly(List.of("a"));
  }

  @Test
  void filesOfADiskThatWasMountedAgainAreKnownDespiteTheirNewKeys() throws InterruptedException {
    in.put("a");
    in.run(
        options().build(),
        this::nothing,
        () -> {
          in.key = Optional.of("dev 3");
          in.files.put(
              "a", new SourceIdentity(1, version(1, 1).modified(), Optional.of("dev 3 inode 1")));
        },
        this::nothing,
        this::nothing);
    assertThat(in.told).isEmpty();
    assertThat(in.batches).containsExactly(List.of("a"));
  }

  @Test
  void whatIsGoneForSeveralLooksIsGone() throws InterruptedException {
    in.put("a");
    in.key = Optional.empty(); // as of a server: nobody can tell
    in.run(
        options().emptyLooks(2).build(),
        this::nothing,
        in.files::clear,
        this::nothing,
        () -> assertThat(in.told).containsExactly("SUSPICIOUS "),
        () -> in.put("a"),
        this::nothing,
        this::nothing);
    assertThat(in.told).containsExactly("SUSPICIOUS ", "over SUSPICIOUS ");
    assertThat(in.batches).containsExactly(List.of("a"), List.of("a"));
  }

  @Test
  void aMissingDirectoryIsToldOnceAndNothingIsForgotten() throws InterruptedException {
    in.put("a");
    in.run(
        options().build(),
        this::nothing,
        () -> {
          in.files.clear();
          in.failure = new NoSuchFileException("in");
        },
        this::nothing,
        () -> {
          in.put("a");
          in.failure = null;
        },
        this::nothing,
        this::nothing);
    assertThat(in.told).containsExactly("MISSING ", "over MISSING ");
    assertThat(in.batches).containsExactly(List.of("a"));
  }

  @Test
  void aLookThatFailedSettlesNothing() throws InterruptedException {
    in.put("a");
    in.run(
        options().build(),
        () -> {
          in.files.clear();
          in.failure = new IOException("Input/output error");
        },
        this::nothing,
        () -> assertThat(in.told).containsExactly("UNREADABLE "));
    assertThat(in.batches).isEmpty();
  }

  @Test
  void whatLiesInAnUnreadableDirectoryIsRemembered() throws InterruptedException {
    in.put("a");
    in.put("d/b");
    in.run(
        options().build(),
        this::nothing,
        () -> {
          in.files.remove("d/b");
          in.gap = true;
          in.found.add(WatchTrouble.of(Kind.UNREADABLE, "d", "permission denied"));
        },
        this::nothing,
        () -> {
          in.put("d/b");
          in.found.clear();
        },
        this::nothing);
    assertThat(in.told).containsExactly("UNREADABLE d", "over UNREADABLE d");
    assertThat(in.batches).containsExactly(List.of("a", "d/b"));
  }

  @Test
  void aRefusedLoginIsNotTriedAgain() {
    in.failure = new TransferException.Authentication("host:21", "user", "refused", null);
    assertThatThrownBy(() -> in.run(options().build(), this::nothing)).isSameAs(in.failure);
    in.failure = new TransferException.Connection("host:21", "lost", null);
    assertThat(in.told).isEmpty();
  }

  @Test
  void aHandlerThatThrowsEndsTheWatch() {
    in.put("a");
    IllegalStateException broken = new IllegalStateException("handler");
    DirectoryWatch watch =
        new DirectoryWatch(in, options().settle(Duration.ZERO).build(), in, () -> in.nanos);
    assertThatThrownBy(
            () ->
                watch.run(
                    new WatchHandler() {
                      @Override
                      public List<Arrival> arrived(List<Arrival> batch) {
                        throw broken;
                      }

                      @Override
                      public void trouble(WatchTrouble trouble) {}
                    }))
        .isSameAs(broken);
  }

  @Test
  void onceLooksTwiceAndSaysWhatIsLeft() throws InterruptedException {
    in.put("a");
    in.put("b");
    in.between.add(() -> in.files.put("b", version(2, 2)));
    DirectoryWatch watch = new DirectoryWatch(in, options().build(), in, () -> in.nanos);
    assertThat(watch.once(in)).containsExactly("b");
    assertThat(in.batches).containsExactly(List.of("a"));
  }

  @Test
  void fiftyThousandFilesComeOnceEach() throws InterruptedException {
    for (int i = 0; i < 50_000; i++) {
      in.files.put("in/%05d.csv".formatted(i), version(i, i));
    }
    in.run(options().batch(1000).build(), this::nothing, this::nothing);
    assertThat(in.batches).hasSize(50);
    assertThat(in.arrived()).isSorted();
    assertThat(new TreeSet<>(in.arrived())).isEqualTo(new TreeSet<>(in.files.keySet()));
  }

  @Test
  void moreFilesThanAreRememberedAreTold() throws InterruptedException {
    List.of("a", "b", "c").forEach(in::put);
    in.run(
        options().mostFiles(2).build(),
        this::nothing,
        () -> in.files.remove("a"),
        this::nothing,
        this::nothing,
        this::nothing);
    assertThat(in.told).containsExactly("TOO_MANY ", "over TOO_MANY ");
    assertThat(in.arrived()).containsExactly("a", "b", "c");
  }

  @Test
  void impossibleOptionsAreRefused() {
    assertThatThrownBy(() -> options().interval(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> options().settle(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> options().batch(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> options().doneFile("done").build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> options().filter(List.of(""), List.of()).build())
        .isInstanceOf(IllegalArgumentException.class);
  }
}
