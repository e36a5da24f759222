package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.step.SidecarTerms;
import io.waybill.transfer.Digest;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.sidecar.SidecarName;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a copy does with hash sidecars. */
final class CopySidecarOptions {
  @Option(
      names = "--check-sidecar",
      description =
          "Publish only what has the digest that a sidecar of the source tells: x.sha256 (.sha512, .sha1, .md5) beside it, or SHA256SUMS and the like there or above it in the tree. A file without one is an error.")
  private boolean check;

  @Option(
      names = "--sidecar-optional",
      description =
          "With --check-sidecar: files without a sidecar are copied all the same, and named.")
  private boolean optional;

  @Option(
      names = "--write-sidecar",
      paramLabel = "NAME",
      description =
          "Write a sidecar beside each target, x.sha256 for sha-256: sha-512, sha-256, sha-1, md5.")
  private @Nullable String write;

  /**
   * Reads them.
   *
   * @throws JobException.Configuration if they contradict each other, or what else holds
   */
  SidecarTerms terms(TransferOptions options) {
    if (optional && !check) {
      throw new JobException.Configuration(
          "--sidecar-optional is for --check-sidecar only: add that, or leave it out");
    }
    Optional<Digest.Algorithm> algorithm =
        Optional.ofNullable(write).map(name -> algorithm("--write-sidecar", name));
    if (algorithm.isPresent() && options.targetPolicy() == TargetPolicy.APPEND) {
      throw new JobException.Configuration(
          "--write-sidecar would tell of what is appended, and not of the whole file; use \"waybill checksum --write\" afterwards");
    }
    if (algorithm.isPresent()
        && options.digest().isPresent()
        && !options.digest().equals(algorithm)) {
      throw new JobException.Configuration(
          "--digest and --write-sidecar name two algorithms; leave --digest out");
    }
    SidecarTerms.Check how = optional ? SidecarTerms.Check.IF_ANY : SidecarTerms.Check.REQUIRED;
    return new SidecarTerms(check ? how : SidecarTerms.Check.NEVER, Optional.empty(), algorithm);
  }

  /**
   * Finds an algorithm that sidecars have.
   *
   * @throws JobException.Configuration if there is none of that name
   */
  static Digest.Algorithm algorithm(String option, String name) {
    return SidecarName.algorithms().stream()
        .filter(each -> each.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new JobException.Configuration(
                    "%s is one of %s, not \"%s\""
                        .formatted(
                            option,
                            SidecarName.algorithms().stream()
                                .map(Digest.Algorithm::label)
                                .collect(Collectors.joining(", ")),
                            name)));
  }
}
