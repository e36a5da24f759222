package io.waybill;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobException;
import io.waybill.jobs.config.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What a state directory remembers of a store that is not in it: who comes without a job file would
 * take an empty one for it.
 */
public final class StoreAddress {
  private StoreAddress() {}

  /** Remembers where the store of a configuration is. */
  static void remember(Configuration configuration, StateDirectory state) {
    Path file = state.storeAddress();
    try {
      if (configuration.daemon().store() instanceof Configuration.Jdbc jdbc) {
        write(file, withoutParameters(jdbc.url()));
      } else {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new JobException.Configuration(file + " cannot be written: " + e, e);
    }
  }

  // where a password may be
  private static String withoutParameters(String url) {
    return url.replaceFirst("\\?.*$", "");
  }

  private static void write(Path file, String address) throws IOException {
    if (!read(file).equals(Optional.of(address))) {
      Path part = file.resolveSibling(file.getFileName() + ".part");
      Files.writeString(part, address + "\n");
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static Optional<String> read(Path file) throws IOException {
    return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
  }

  /**
   * Refuses a state directory whose store is at a server.
   *
   * @throws JobException.Configuration if it is
   */
  public static void requireEmbedded(StateDirectory state) {
    try {
      read(state.storeAddress())
          .ifPresent(
              address -> {
                throw new JobException.Configuration(
                    "the state directory %s is of a node whose store is %s; name its job file with -c FILE"
                        .formatted(state, address));
              });
    } catch (IOException e) {
      throw new JobException.Configuration(state.storeAddress() + " cannot be read: " + e, e);
    }
  }
}
