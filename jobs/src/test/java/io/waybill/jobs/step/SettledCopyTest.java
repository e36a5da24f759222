package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.StepServices;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.SharedRate;
import io.waybill.transfer.WireTap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A version that has not settled is not published, whenever it takes the settled one's place. */
class SettledCopyTest {
  @TempDir Path directory;
  private Path source;
  private Path target;

  @BeforeEach
  void write() throws IOException {
    source = Files.writeString(directory.resolve("a"), "settled");
    target = directory.resolve("b");
  }

  private void replace() {
    try {
      Files.delete(source);
      Files.writeString(source, "another version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CopyRequest.Builder request() {
    return CopyRequest.builder(
            List.of(new Place.Local(source.toString())), new Place.Local(target.toString()))
        .settle(Duration.ZERO);
  }

  private CopyOutcome run(CopyRequest request, Runnable planned, Runnable moving)
      throws InterruptedException {
    StepServices services =
        new StepServices(
            Configuration.empty().connections(),
            (mail, call) -> {
              throw new IllegalStateException("no mail");
            },
            (mailbox, sockets) -> {
              throw new IllegalStateException("no mail");
            },
            scope -> SocketFactory.getDefault(),
            WireTap.NONE,
            SharedRate.NONE,
            InstantSource.system());
    CopyListener listener =
        new CopyListener() {
          @Override
          public void planned(int files, long bytes) {
            planned.run();
          }

          @Override
          public void moved(String file, long bytes, long totalBytes) {
            moving.run();
          }

          @Override
          public void tree(long filesDone, long filesFound, long bytesDone, long bytesFound) {}

          @Override
          public void ended(String file, long sizeBytes) {}
        };
    return new CopyRun(services, new CancelScope(), listener, time -> {}).execute(request);
  }

  private void requireUnsettled(CopyOutcome outcome) {
    assertThat(outcome.unsettled()).containsExactly(source.toString());
    assertThat(outcome.files()).isZero();
    assertThat(outcome.failedCount()).isZero();
    assertThat(target).doesNotExist();
    assertThat(source).hasContent("another version");
  }

  @Test
  void whatStaysAsItIsIsCopied() throws Exception {
    CopyOutcome outcome = run(request().build(), () -> {}, () -> {});
    assertThat(outcome.unsettled()).isEmpty();
    assertThat(target).hasContent("settled");
  }

  @Test
  void oneReplacedAfterTheSecondLookIsLeft() throws Exception {
    requireUnsettled(run(request().build(), this::replace, () -> {}));
  }

  @Test
  void oneReplacedAfterTheSecondLookIsNotMoved() throws Exception {
    requireUnsettled(run(request().move(true).build(), this::replace, () -> {}));
  }

  @Test
  void oneReplacedWhileItIsCopiedIsLeft() throws Exception {
    List<String> once = new ArrayList<>();
    requireUnsettled(
        run(
            request().build(),
            () -> {},
            () -> {
              if (once.isEmpty()) {
                once.add("replaced");
                replace();
              }
            }));
  }

  @Test
  void whatAWatchHasFoundIsThatVersionOnly() throws Exception {
    FileEntry found = LocalTree.list(directory, false).get(0);
    CopyRequest.Builder request =
        CopyRequest.builder(
                List.of(new Place.Local(directory.toString())),
                new Place.Local(directory.resolve("to") + "/"))
            .listed(List.of(found));
    replace();
    CopyOutcome outcome = run(request.build(), () -> {}, () -> {});
    assertThat(outcome.unsettled()).containsExactly(source.toString());
    assertThat(directory.resolve("to")).doesNotExist();
  }
}
