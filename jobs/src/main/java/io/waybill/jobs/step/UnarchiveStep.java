package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import io.waybill.jobs.archive.ArchiveFormat;
import io.waybill.jobs.archive.ArchiveLimits;
import java.util.Objects;
import java.util.Optional;

/**
 * Unpacks archives of this machine, each into a directory of its own.
 *
 * @param from which archives
 * @param to the directory that these directories go into, and what they are called
 * @param format their kind; empty for what their names tell
 * @param limits what each may hold
 */
record UnarchiveStep(
    FileSelection from, FileTarget to, Optional<ArchiveFormat> format, ArchiveLimits limits)
    implements Step {
  UnarchiveStep {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(limits, "limits");
  }
}
