package io.waybill.jobs.step;

import io.waybill.transfer.Digest;
import java.util.Objects;
import java.util.Optional;

/**
 * What a copy does with hash sidecars, the files such as {@code x.sha256} and {@code SHA256SUMS}.
 *
 * @param check whether what is copied is compared with those beside the source
 * @param only the algorithm of those that count when it is compared; empty for any
 * @param write the algorithm of those that are written beside each target; empty for none
 */
public record SidecarTerms(
    Check check, Optional<Digest.Algorithm> only, Optional<Digest.Algorithm> write) {
  /** Sidecars are files like any other. */
  public static final SidecarTerms NONE =
      new SidecarTerms(Check.NEVER, Optional.empty(), Optional.empty());

  /** Whether files are compared with sidecars of their sources. */
  public enum Check {
    NEVER,
    /** Those that have one; the others are told. */
    IF_ANY,
    /** All; one without is an error. */
    REQUIRED
  }

  public SidecarTerms {
    Objects.requireNonNull(check, "check");
    Objects.requireNonNull(only, "only");
    Objects.requireNonNull(write, "write");
  }

  boolean isOff() {
    return check == Check.NEVER && write.isEmpty();
  }
}
