package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType.Scalar;
import java.util.List;
import java.util.Map;

/** {@code pgp.decrypt}: files that were encrypted to a key; believed whole or not at all. */
public final class PgpDecryptStepType implements StepType<PgpDecryptStep> {
  @Override
  public String name() {
    return "pgp.decrypt";
  }

  @Override
  public String doc() {
    return "Decrypts files by OpenPGP; nothing is there before its integrity and its signature are proven.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        PgpKeys.FROM,
        Key.required(
            "to",
            Scalar.LOCATION,
            "The decrypted file; with a \"/\" at its end a directory, where each gets its name without .pgp, .gpg or .asc."),
        Key.required("key", Scalar.FILE, "File of the secret key that they are encrypted to."),
        Key.secret("passphrase", "What that key is protected by."),
        PgpKeys.SIGNED_BY,
        PgpKeys.MAX_SIZE);
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "files",
        "a list with name, location, path, size and, where a signature was wanted, signed-by of each");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of("files", ValueKind.listOf("path", "name", "size", "signed-by"));
  }

  @Override
  public boolean isLocal(StepResult result) {
    return true;
  }

  @Override
  public PgpDecryptStep bind(Arguments arguments, Connections connections) {
    PgpDecryptStep step =
        new PgpDecryptStep(
            PgpFiles.sources(arguments, connections),
            PgpFiles.target(arguments, connections).orElseThrow(),
            PgpKeys.keyFile(arguments, "key", "passphrase").orElseThrow(),
            PgpKeys.files(arguments, "signed-by"),
            arguments.integer("max-size"));
    step.to().requireRoomFor(step.from().size());
    if (step.to().isDirectory()) {
      step.from().forEach(PgpFiles::decryptedName);
    }
    return step;
  }

  @Override
  public StepHandler<PgpDecryptStep> handler(StepServices services) {
    return new PgpDecryptHandler();
  }
}
