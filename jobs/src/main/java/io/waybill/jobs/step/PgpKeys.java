package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.Secret;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Keys of the file that several {@code pgp} steps have. */
final class PgpKeys {
  static final Key FROM =
      Key.required("from", new ValueType.ListOf(Scalar.LOCATION), "Files of this machine.");

  static final Key MAX_SIZE =
      Key.optional(
          "max-size",
          Scalar.SIZE,
          "10GiB",
          "Content that turns out to be longer is refused, however small the file is.");

  static final Key SIGNED_BY =
      Key.optional(
          "signed-by",
          new ValueType.ListOf(Scalar.FILE),
          "Files of public keys; a signature by one of them is wanted, else none is looked at.");

  private PgpKeys() {}

  static Optional<PgpKeyFile> keyFile(Arguments arguments, String key, String passphrase) {
    Optional<Secret> secret = arguments.secret(passphrase);
    Optional<String> file = arguments.optionalText(key);
    if (file.isEmpty() && secret.isPresent()) {
      throw new JobException.Configuration(
          new ArgumentMistake(
              List.of(passphrase),
              "\"%s\" opens a key, and there is no \"%s\"".formatted(passphrase, key)));
    }
    return file.map(path -> new PgpKeyFile(Path.of(path), secret));
  }

  static List<Path> files(Arguments arguments, String key) {
    return arguments.texts(key).stream().map(Path::of).toList();
  }
}
