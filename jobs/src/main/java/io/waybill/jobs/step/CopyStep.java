package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import io.waybill.transfer.Verification;
import java.util.List;
import java.util.Objects;

/**
 * Copies files from anywhere to anywhere.
 *
 * @param from files, directories (their contents) or patterns
 * @param to a file, or a directory if its path ends in {@code /}
 * @param atLeast the level of proof below which a file is not published
 * @param minFiles fewer files than this are a failure
 * @param sidecars what is done with hash sidecars
 */
public record CopyStep(
    List<Place> from, Place to, Verification atLeast, long minFiles, SidecarTerms sidecars)
    implements Step {
  public CopyStep {
    from = List.copyOf(from);
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(atLeast, "atLeast");
    Objects.requireNonNull(sidecars, "sidecars");
  }
}
