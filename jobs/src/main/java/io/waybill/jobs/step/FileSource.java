package io.waybill.jobs.step;

import java.util.Objects;

/**
 * Where files are that a step is about.
 *
 * @param place a file, a directory, whose contents are meant, or a pattern
 * @param isOneFile whether it is the whole name of one file, whatever characters it has
 */
record FileSource(Place place, boolean isOneFile) {
  FileSource {
    Objects.requireNonNull(place, "place");
  }

  @Override
  public String toString() {
    return place.toString();
  }
}
