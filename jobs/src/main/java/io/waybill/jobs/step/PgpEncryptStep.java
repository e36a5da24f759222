package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Encrypts files of this machine.
 *
 * @param recipients files of public keys
 * @param signer who signs
 * @param manner how they are written
 */
public record PgpEncryptStep(
    List<Path> from,
    PgpTarget to,
    List<Path> recipients,
    Optional<PgpKeyFile> signer,
    Manner manner)
    implements Step {
  public PgpEncryptStep {
    from = List.copyOf(from);
    Objects.requireNonNull(to, "to");
    recipients = List.copyOf(recipients);
    Objects.requireNonNull(signer, "signer");
    Objects.requireNonNull(manner, "manner");
  }

  /** How files are written. */
  public record Manner(boolean isArmored, boolean isCompressed) {}
}
