package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import io.waybill.jobs.archive.ArchiveFormat;
import java.util.Objects;

/**
 * Puts files of this machine into an archive.
 *
 * @param from which files
 * @param to the archive
 * @param format its kind
 */
record ArchiveStep(FileSelection from, Place.Local to, ArchiveFormat format) implements Step {
  ArchiveStep {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(format, "format");
  }
}
