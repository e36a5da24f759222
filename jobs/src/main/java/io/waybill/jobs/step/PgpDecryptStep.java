package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Decrypts files of this machine.
 *
 * @param key what they are encrypted to
 * @param signedBy files of public keys, by one of which each must be signed; none if nobody need
 * @param mostBytes what is longer is refused
 */
public record PgpDecryptStep(
    List<Path> from, PgpTarget to, PgpKeyFile key, List<Path> signedBy, long mostBytes)
    implements Step {
  public PgpDecryptStep {
    from = List.copyOf(from);
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(key, "key");
    signedBy = List.copyOf(signedBy);
  }
}
