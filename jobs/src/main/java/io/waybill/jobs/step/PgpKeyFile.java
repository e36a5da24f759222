package io.waybill.jobs.step;

import io.waybill.jobs.Secret;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file of secret keys.
 *
 * @param passphrase what opens them
 */
public record PgpKeyFile(Path file, Optional<Secret> passphrase) {}
