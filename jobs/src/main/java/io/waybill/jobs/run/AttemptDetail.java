package io.waybill.jobs.run;

import io.waybill.jobs.FailureCause;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/**
 * What is kept of an attempt that did not succeed beside the scheduler's columns.
 *
 * @param cause what stood in the way, where that is known
 * @param files as {@link FileTally#form} returns them
 */
record AttemptDetail(Optional<FailureCause> cause, Map<String, Object> files) {
  AttemptDetail {
    files = Collections.unmodifiableMap(files);
  }

  /** A failure that is none of files. */
  static AttemptDetail of(Optional<FailureCause> cause) {
    return new AttemptDetail(cause, Map.of());
  }
}
