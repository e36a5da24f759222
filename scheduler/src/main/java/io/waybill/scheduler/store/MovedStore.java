package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/**
 * A file beside an embedded store that says it was moved to a server, so that nobody goes on with
 * the old one by accident. It is there before the server commits: a process that is killed between
 * the two must not leave two stores that both go on.
 */
record MovedStore(Path store) {
  private static final String SUFFIX = ".moved";

  /** Returns the marker's file. */
  Path file() {
    return store.resolveSibling(store.getFileName() + SUFFIX);
  }

  void markMoving(String target, Instant now) throws IOException {
    write(
        "being moved to " + target + " since " + now + ", and it is not known whether that ended");
  }

  void markMoved(String target, Instant now) throws IOException {
    write("moved to " + target + " at " + now);
  }

  private void write(String text) throws IOException {
    Path part = file().resolveSibling(file().getFileName() + ".new");
    Files.writeString(part, text + System.lineSeparator());
    StoreFiles.force(part);
    Files.move(part, file(), StandardCopyOption.ATOMIC_MOVE);
    StoreFiles.forceNames(StoreFiles.directoryOf(file()));
  }

  /**
   * Checks that a store was not moved.
   *
   * @throws SchedulerException.StoreRefused if it was, or may have been
   */
  static void refuse(Path store) {
    Path marker = new MovedStore(store).file();
    if (!Files.exists(marker)) {
      return;
    }
    String text;
    try {
      text = Files.readString(marker).strip();
    } catch (IOException e) {
      throw StoreFiles.failure("the store's marker " + marker + " cannot be read", e);
    }
    throw new SchedulerException.StoreRefused(
        "the store "
            + store
            + " was "
            + text
            + "; open the store at that address from now on, a check of it tells what is there; to go"
            + " back to this one, without anything that has happened since, delete "
            + marker,
        null);
  }
}
