package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import java.util.Objects;

/**
 * Moves files from anywhere to anywhere.
 *
 * @param from which files
 * @param to where to
 * @param terms what holds for each that is copied
 */
record MoveStep(FileSelection from, FileTarget to, CopyTerms terms) implements Step {
  MoveStep {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(terms, "terms");
  }
}
