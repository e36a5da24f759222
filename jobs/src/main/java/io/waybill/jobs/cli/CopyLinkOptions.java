package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.XdgDirectories;
import io.waybill.jobs.step.LinkOptions;
import io.waybill.transfer.PartPattern;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.Use;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.tcp.Balance;
import io.waybill.transfer.tcp.Retry;
import io.waybill.transfer.tcp.wire.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How connections to servers are used; endpoints other than {@code waybill:} servers know only the
 * rate and the names of part files.
 */
final class CopyLinkOptions {
  static final String RATE_DESCRIPTION =
      "How fast each server may be, each way: 10MiB/s, or by the time of day: \"08:00,512KiB/s 19:00,off\". Else what the job file says of the connection.";
  static final String NO_RATE_HERE =
      "--rate is for copies from or to a server only, and both places are on this machine; leave it out";

  @Option(names = "--rate", paramLabel = "RATE", description = RATE_DESCRIPTION)
  private @Nullable String rate;

  @Option(
      names = "--part-name",
      paramLabel = "PATTERN",
      description =
          "How unfinished files are called at the target, with {name} and {id}, for servers that refuse names like .{name}.{id}.wbpart, which is the default.")
  private @Nullable String partName;

  @Option(
      names = "--streams",
      paramLabel = "N",
      description = "Connections for one file, 1 to 16; else as many as make it faster.")
  private @Nullable Integer streams;

  @Option(
      names = "--compress",
      paramLabel = "WHEN",
      description = "auto, always or never. Default: auto, where it shrinks and the link is slow.")
  private @Nullable String compress;

  @Option(
      names = "--delta",
      paramLabel = "WHEN",
      description =
          "Send only what differs from an older target: auto, always or never. Default: auto.")
  private @Nullable String delta;

  @Option(
      names = "--balance",
      paramLabel = "HOW",
      description =
          "Which of several hosts: failover, the first that answers, or round-robin. Default: failover.")
  private @Nullable String balance;

  /** Says whether a rate was given, which is for servers of any kind. */
  boolean hasRate() {
    return rate != null;
  }

  /** Says whether part files are to have names of their own. */
  boolean hasPartName() {
    return partName != null;
  }

  /** Returns the name of the first given of the options that waybill servers alone know. */
  Optional<String> given() {
    return streams != null
        ? Optional.of("--streams")
        : compress != null
            ? Optional.of("--compress")
            : delta != null
                ? Optional.of("--delta")
                : Optional.ofNullable(balance).map(text -> "--balance");
  }

  /**
   * Sets what holds for each file.
   *
   * @throws JobException.Configuration if an option has no such value
   */
  void applyTo(TransferOptions.Builder options) {
    if (compress != null) {
      options.compression(use("--compress", compress));
    }
    if (delta != null) {
      options.delta(use("--delta", delta));
    }
  }

  /**
   * Returns how connections are used.
   *
   * @param retries is told of each failure that will be tried again
   * @throws JobException.Configuration if an option has no such value
   */
  LinkOptions link(
      Map<String, String> environment, Consumer<String> warnings, Consumer<Retry> retries) {
    int count = streams == null ? 0 : streams;
    if (streams != null && (count < 1 || count > Limits.STREAMS)) {
      throw new JobException.Configuration(
          "--streams is from 1 to %d, not %d".formatted(Limits.STREAMS, count));
    }
    return new LinkOptions(
        rate(rate), parts(), count, balance(), routes(environment, warnings), retries);
  }

  private Optional<PartPattern> parts() {
    try {
      return Optional.ofNullable(partName).map(PartPattern::of);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("--part-name: " + e.getMessage(), e);
    }
  }

  private Balance balance() {
    if (balance == null || balance.equals("failover")) {
      return Balance.FAILOVER;
    }
    if (balance.equals("round-robin")) {
      return Balance.ROUND_ROBIN;
    }
    throw new JobException.Configuration(
        "--balance is failover or round-robin, not \"%s\"".formatted(balance));
  }

  /**
   * Reads the value of {@code --rate}, if there is one.
   *
   * @throws JobException.Configuration if it is none
   */
  static Optional<RateLimit> rate(@Nullable String text) {
    return Optional.ofNullable(text).map(each -> rate("--rate", each));
  }

  /**
   * Reads a rate; no limit if there is none.
   *
   * @throws JobException.Configuration if it is none
   */
  static RateLimit rate(String option, @Nullable String text) {
    try {
      return text == null ? RateLimit.unlimited() : RateLimit.parse(text, ZoneId.systemDefault());
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration(option + ": " + e.getMessage(), e);
    }
  }

  private static Use use(String option, String text) {
    for (Use each : Use.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
        return each;
      }
    }
    throw new JobException.Configuration(
        "%s is one of auto, always, never, not \"%s\"".formatted(option, text));
  }

  // what it saves is the first seconds of a copy, so a copy does without it
  private static Optional<Path> routes(Map<String, String> environment, Consumer<String> warnings) {
    Optional<Path> directory =
        XdgDirectories.of("XDG_CACHE_HOME", ".cache", environment)
            .map(home -> home.resolve("waybill"));
    try {
      if (directory.isPresent()) {
        Files.createDirectories(directory.get());
      }
      return directory.map(path -> path.resolve("routes"));
    } catch (IOException e) {
      warnings.accept(
          "what is learned about the way to a server is not kept: " + LocalFailures.why(e));
      return Optional.empty();
    }
  }
}
