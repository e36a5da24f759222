package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.expression.BadValueException;
import io.waybill.jobs.expression.ScalarParser;
import io.waybill.jobs.step.CopyRequest;
import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.Verification;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How files are copied and which. */
final class CopyOptions {
  @Option(
      names = "--verify",
      paramLabel = "LEVEL",
      description =
          "What must be proven before a file gets its name: size, size-mtime, digest, read-back, or crc32c, which finds accidents only. Default: size.")
  private String verify = "size";

  @Option(
      names = "--digest",
      paramLabel = "NAME",
      description = "Print this digest too: sha-256, sha-512, sha-1, md5.")
  private @Nullable String digest;

  @Option(
      names = "--policy",
      paramLabel = "WHAT",
      description =
          "If there is a target: skip (one that is equal, replace any other), replace, fail, rename, append. Default: skip.")
  private String policy = "skip";

  private TargetPolicy targetPolicy = TargetPolicy.SKIP_EQUAL;

  @Option(
      names = "--settle",
      paramLabel = "DURATION",
      description =
          "Take only files that stay as they are for so long: 5s; one that is replaced after that is left, too.")
  private @Nullable String settle;

  @Option(
      names = "--include",
      paramLabel = "GLOB",
      description =
          "Take only files that match: *.csv in any directory, logs/*.gz by the path, logs/ for all below; may be given several times.")
  private List<String> includes = List.of();

  @Option(
      names = "--exclude",
      paramLabel = "GLOB",
      description =
          "Leave out what matches: *.tmp in any directory, logs/*.gz by the path, a directory with all that is in it; may be given several times.")
  private List<String> excludes = List.of();

  @Option(
      names = "--no-mode",
      description = "Do not give copies the permission bits of their sources.")
  private boolean noMode;

  @Option(
      names = "--deadline",
      paramLabel = "DURATION",
      description =
          "Longest time for all of it; what arrived by then is kept, and the same command goes on.")
  private @Nullable String deadline;

  @Option(names = "--dry-run", description = "Say what would be copied, and write nothing.")
  private boolean dryRun;

  boolean isDryRun() {
    return dryRun;
  }

  void filter(CopyRequest.Builder request) {
    request.filter(includes, excludes);
  }

  /** Returns the longest time for all of it. */
  Optional<Duration> deadline() {
    Optional<Duration> time =
        Optional.ofNullable(deadline).map(text -> duration("--deadline", text));
    if (time.filter(Duration::isZero).isPresent()) {
      throw new JobException.Configuration(
          "--deadline must be above 0; leave it out for a copy that may take as long as it needs");
    }
    return time;
  }

  CopyRequest built(CopyRequest.Builder request) {
    try {
      return request.build();
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("--include or --exclude: " + e.getMessage(), e);
    }
  }

  Optional<Duration> settle() {
    return Optional.ofNullable(settle).map(text -> duration("--settle", text));
  }

  /** Reads a duration. */
  static Duration duration(String option, String text) {
    try {
      return ScalarParser.duration(text);
    } catch (BadValueException e) {
      throw new JobException.Configuration(option + " " + e.getMessage(), e);
    }
  }

  /** Reads a size above 0. */
  static long bytes(String option, String text) {
    try {
      long bytes = (Long) ScalarParser.parse(text, Scalar.SIZE);
      if (bytes < 1) {
        throw new JobException.Configuration(option + " must be above 0");
      }
      return bytes;
    } catch (BadValueException e) {
      throw new JobException.Configuration(option + " " + e.getMessage(), e);
    }
  }

  TransferOptions.Builder options() {
    TransferOptions.Builder options = TransferOptions.builder();
    targetPolicy = parsedPolicy();
    options.targetPolicy(targetPolicy);
    switch (verify) {
      case "size" -> options.atLeast(Verification.SIZE);
      case "size-mtime" -> options.atLeast(Verification.SIZE_MTIME);
      case "digest" -> options.atLeast(Verification.DIGEST);
      case "read-back" -> options.atLeast(Verification.READ_BACK);
      case "crc32c" -> options.integrity(Integrity.CRC32C);
      default -> throw unknown("--verify", verify, "size, size-mtime, digest, read-back, crc32c");
    }
    if (digest != null) {
      options.digest(algorithm(digest));
    }
    return options.preserveMode(!noMode);
  }

  /** Says whether what was asked for is known to waybill: servers only. */
  boolean isCrc() {
    return verify.equals("crc32c");
  }

  /** Returns what holds for an existing target, once {@link #options} was called. */
  TargetPolicy policy() {
    return targetPolicy;
  }

  private TargetPolicy parsedPolicy() {
    return switch (policy) {
      case "skip" -> TargetPolicy.SKIP_EQUAL;
      case "replace" -> TargetPolicy.REPLACE;
      case "fail" -> TargetPolicy.FAIL;
      case "rename" -> TargetPolicy.RENAME;
      case "append" -> TargetPolicy.APPEND;
      default -> throw unknown("--policy", policy, "skip, replace, fail, rename, append");
    };
  }

  private static Digest.Algorithm algorithm(String name) {
    return Arrays.stream(Digest.Algorithm.values())
        .filter(each -> word(each).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                unknown(
                    "--digest",
                    name,
                    Arrays.stream(Digest.Algorithm.values())
                        .map(CopyOptions::word)
                        .collect(Collectors.joining(", "))));
  }

  private static String word(Digest.Algorithm algorithm) {
    return algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static JobException.Configuration unknown(String option, String given, String known) {
    return new JobException.Configuration(
        "%s is one of %s, not \"%s\"".formatted(option, known, given));
  }
}
