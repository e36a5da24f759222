package io.waybill.jobs;

import java.util.Objects;

/**
 * Where files are that a step is about.
 *
 * @param location as the job file writes one
 * @param isOneFile whether it is the whole name of one file, which an earlier step has found, and
 *     never a pattern
 */
public record FileReference(String location, boolean isOneFile) {
  public FileReference {
    Objects.requireNonNull(location, "location");
  }
}
