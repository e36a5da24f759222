package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType.Scalar;
import java.nio.file.Path;
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
    StepParts parts = new StepParts();
    Part<List<Path>> from = parts.part(() -> PgpFiles.sources(arguments, connections));
    Part<PgpTarget> to =
        parts.part("to", () -> PgpFiles.target(arguments, connections).orElseThrow());
    Part<List<String>> unused =
        parts.each(
            "from", () -> to.get().isDirectory() ? from.get() : List.of(), PgpFiles::decryptedName);
    Part<PgpKeyFile> key =
        parts.part(() -> PgpKeys.keyFile(arguments, "key", "passphrase").orElseThrow());
    Part<List<Path>> signedBy =
        parts.part("signed-by", () -> PgpKeys.files(arguments, "signed-by"));
    PgpDecryptStep step =
        parts.together(
            () ->
                new PgpDecryptStep(
                    from.get(),
                    to.get(),
                    key.get(),
                    signedBy.get(),
                    arguments.integer("max-size")));
    step.to().requireRoomFor(step.from().size());
    return step;
  }

  @Override
  public List<ArgumentMistake> doubts(Arguments arguments) {
    return SuppliedFiles.missing(arguments, List.of("key", "signed-by"));
  }

  @Override
  public StepHandler<PgpDecryptStep> handler(StepServices services) {
    return new PgpDecryptHandler();
  }
}
