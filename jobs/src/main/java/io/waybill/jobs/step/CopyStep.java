package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import java.util.Objects;

/**
 * Copies files from anywhere to anywhere.
 *
 * @param from which files
 * @param to where to
 * @param terms what holds for each
 * @param after what becomes of each source then
 */
record CopyStep(FileSelection from, FileTarget to, CopyTerms terms, AfterCopy after)
    implements Step {
  CopyStep {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(terms, "terms");
    Objects.requireNonNull(after, "after");
  }
}
