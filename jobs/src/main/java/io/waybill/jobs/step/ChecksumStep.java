package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import io.waybill.transfer.Digest;
import java.util.Objects;

/**
 * Computes digests of files, or compares files with digests that sidecars tell.
 *
 * @param from files, directories (all files in them) or patterns; sidecars if they are compared
 * @param algorithm of the digests that are computed
 * @param work what is done
 */
record ChecksumStep(FileSelection from, Digest.Algorithm algorithm, Work work) implements Step {
  /** What is done. */
  enum Work {
    /** Digests are computed. */
    TELL,
    /** And written to sidecars. */
    WRITE,
    /** Files are compared with what sidecars tell. */
    CHECK
  }

  ChecksumStep {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(algorithm, "algorithm");
    Objects.requireNonNull(work, "work");
  }
}
