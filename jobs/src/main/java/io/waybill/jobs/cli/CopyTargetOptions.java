package io.waybill.jobs.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a target has of its own when source and target are servers. */
final class CopyTargetOptions {
  @Option(
      names = "--target-pin",
      paramLabel = "PIN",
      description = "Between two servers: the target's key, or several; else that of --pin.")
  private List<String> pins = List.of();

  @Option(
      names = "--target-key-file",
      paramLabel = "FILE",
      description = "Between two servers: holds the key of the target's user.")
  private @Nullable Path keyFile;

  @Option(
      names = "--target-key-env",
      paramLabel = "NAME",
      description = "Between two servers: holds the key of the target's user.")
  private @Nullable String keyVariable;

  ServerOptions server(ServerOptions source) {
    return pins.isEmpty() ? source : ServerOptions.pinned(pins);
  }

  LoginOptions login(LoginOptions source) {
    return keyFile == null && keyVariable == null ? source : source.with(keyFile, keyVariable);
  }
}
