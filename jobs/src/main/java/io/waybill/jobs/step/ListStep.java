package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import java.util.Objects;

/**
 * Lists files, and reads none.
 *
 * @param from which files
 */
record ListStep(FileSelection from) implements Step {
  ListStep {
    Objects.requireNonNull(from, "from");
  }
}
