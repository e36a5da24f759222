package io.waybill;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobException;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.scheduler.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What a state directory remembers of a store that is not in it. Who came with another job file, or
 * with none, would take an empty store for it, and what waits in the other would wait for ever.
 */
final class StoreAddress {
  private StoreAddress() {}

  /**
   * Checks that a store is where a state directory has had it so far.
   *
   * @throws JobException.Configuration if it is elsewhere, and was not moved
   */
  static void check(Configuration configuration, StateDirectory state, Path embedded) {
    Optional<String> address = read(state.storeAddress());
    if (configuration.daemon().store() instanceof Configuration.Jdbc jdbc) {
      if (address.isEmpty() && Store.isThere(embedded)) {
        throw new JobException.Configuration(
            ("the store in %s holds what has run here until now, and the job file says that the"
                    + " store is %s; take it there: waybill db move -c FILE; or put %s aside")
                .formatted(
                    state.store(),
                    withoutParameters(jdbc.url()),
                    state.store().resolve("waybill.mv.db")));
      }
    } else if (address.isPresent()) {
      throw new JobException.Configuration(
          ("the state directory %s is of a node whose store is %s; name its job file with -c FILE,"
                  + " or, if its store is to be here from now on, remove %s")
              .formatted(state, address.get(), state.storeAddress()));
    }
  }

  /** Remembers where the store of a configuration is. */
  static void remember(Configuration configuration, StateDirectory state) {
    if (configuration.daemon().store() instanceof Configuration.Jdbc jdbc) {
      write(state.storeAddress(), withoutParameters(jdbc.url()));
    }
  }

  // where a password may be
  private static String withoutParameters(String url) {
    return url.replaceFirst("\\?.*$", "");
  }

  private static void write(Path file, String address) {
    if (read(file).equals(Optional.of(address))) {
      return;
    }
    try {
      Path part = file.resolveSibling(file.getFileName() + ".part");
      Files.writeString(part, address + "\n");
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new JobException.Configuration(file + " cannot be written: " + e, e);
    }
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    } catch (IOException e) {
      throw new JobException.Configuration(file + " cannot be read: " + e, e);
    }
  }
}
