package io.waybill.jobs.step;

import io.waybill.transfer.SourceIdentity;
import java.util.Objects;
import java.util.Optional;

/**
 * Where files are that a step is about.
 *
 * @param place a file, a directory, whose contents are meant, or a pattern
 * @param isOneFile whether it is the whole name of one file, whatever characters it has
 * @param version the only one that is meant; empty for any
 */
record FileSource(Place place, boolean isOneFile, Optional<SourceIdentity> version) {
  FileSource {
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(version, "version");
  }

  FileSource(Place place, boolean isOneFile) {
    this(place, isOneFile, Optional.empty());
  }

  @Override
  public String toString() {
    return place.toString();
  }
}
