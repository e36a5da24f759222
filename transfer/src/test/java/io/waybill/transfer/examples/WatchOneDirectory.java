package io.waybill.transfer.examples;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.file.LocalMove;
import io.waybill.transfer.watch.Arrival;
import io.waybill.transfer.watch.DirectoryWatch;
import io.waybill.transfer.watch.WatchHandler;
import io.waybill.transfer.watch.WatchOptions;
import io.waybill.transfer.watch.WatchTrouble;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** Moves what is finished in a directory to another one. */
final class WatchOneDirectory {
  private WatchOneDirectory() {}

  // begin example: watch one directory
  static List<String> moveWhatIsFinished(Path directory, Path target, Consumer<String> log)
      throws InterruptedException {
    LocalMove move = new LocalMove(InstantSource.system());
    WatchHandler handler =
        new WatchHandler() {
          @Override
          public Collection<Arrival> arrived(List<Arrival> batch) {
            List<Arrival> again = new ArrayList<>();
            for (Arrival each : batch) {
              Path file = directory.resolve(each.path());
              try {
                move.move(file, target.resolve(each.path()), TransferOptions.defaults());
              } catch (TransferException e) {
                log.accept(e.getMessage());
                again.add(each);
              }
            }
            return again;
          }

          @Override
          public void trouble(WatchTrouble trouble) {
            log.accept(trouble.message());
          }
        };
    WatchOptions options = WatchOptions.builder().settle(Duration.ofMillis(200)).build();
    try (DirectoryWatch watch = DirectoryWatch.of(directory, options)) {
      return watch.once(handler); // or run(handler), until somebody calls close()
    }
  }
  // end example
}
