package io.waybill.jobs.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a target has of its own when source and target are servers. */
final class CopyTargetOptions {
  @Option(
      names = "--target-pin",
      paramLabel = "PIN",
      description = "Between two servers: the target's key; else that of --pin.")
  private @Nullable String pin;

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
    return pin == null ? source : ServerOptions.pinned(pin);
  }

  LoginOptions login(LoginOptions source) {
    return keyFile == null && keyVariable == null ? source : source.with(keyFile, keyVariable);
  }
}
