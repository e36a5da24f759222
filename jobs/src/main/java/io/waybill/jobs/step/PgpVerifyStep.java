package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Verifies a signature.
 *
 * @param from the file
 * @param signature the signature beside it; empty if the file holds it
 * @param signedBy files of public keys, of one of which it must be
 * @param to where the content of a file that holds its signature is put
 * @param mostBytes what is longer is refused
 */
public record PgpVerifyStep(
    Path from,
    Optional<Path> signature,
    List<Path> signedBy,
    Optional<PgpTarget> to,
    long mostBytes)
    implements Step {
  public PgpVerifyStep {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(signature, "signature");
    signedBy = List.copyOf(signedBy);
    Objects.requireNonNull(to, "to");
  }
}
