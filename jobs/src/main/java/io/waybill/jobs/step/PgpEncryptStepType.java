package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code pgp.encrypt}: files to keys of their recipients, signed if wanted. */
public final class PgpEncryptStepType implements StepType<PgpEncryptStep> {
  @Override
  public String name() {
    return "pgp.encrypt";
  }

  @Override
  public String doc() {
    return "Encrypts files by OpenPGP to public keys, and signs them if a key is given.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        PgpKeys.FROM,
        Key.required(
            "to",
            Scalar.LOCATION,
            "The encrypted file; with a \"/\" at its end a directory, where each gets its name and .pgp or .asc."),
        Key.required(
            "recipients",
            new ValueType.ListOf(Scalar.FILE),
            "Files of public keys; the owner of each can read it."),
        Key.optional("sign-key", Scalar.FILE, "File of the secret key that signs."),
        Key.secret("sign-passphrase", "What that key is protected by."),
        Key.optional("armor", Scalar.BOOLEAN, "false", "Whether text is written, and not bytes."),
        Key.optional(
            "compress", Scalar.BOOLEAN, "true", "Whether the content is deflated before."));
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of("files", "a list with name, location, path and size of each encrypted file");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of("files", ValueKind.listOf("path", "name", "size"));
  }

  @Override
  public boolean isLocal(StepResult result) {
    return true;
  }

  @Override
  public PgpEncryptStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<List<Path>> from = parts.part(() -> PgpFiles.sources(arguments, connections));
    Part<PgpTarget> to =
        parts.part("to", () -> PgpFiles.target(arguments, connections).orElseThrow());
    Part<List<Path>> recipients = parts.part("recipients", () -> recipients(arguments));
    Part<Optional<PgpKeyFile>> key =
        parts.part(() -> PgpKeys.keyFile(arguments, "sign-key", "sign-passphrase"));
    PgpEncryptStep step =
        parts.together(
            () ->
                new PgpEncryptStep(
                    from.get(),
                    to.get(),
                    recipients.get(),
                    key.get(),
                    new PgpEncryptStep.Manner(
                        arguments.flag("armor"), arguments.flag("compress"))));
    step.to().requireRoomFor(step.from().size());
    return step;
  }

  private static List<Path> recipients(Arguments arguments) {
    List<Path> recipients = PgpKeys.files(arguments, "recipients");
    if (recipients.isEmpty()) {
      throw new JobException.Configuration("\"recipients\" is an empty list; nobody could read it");
    }
    return recipients;
  }

  @Override
  public List<ArgumentMistake> doubts(Arguments arguments) {
    return SuppliedFiles.missing(arguments, List.of("recipients", "sign-key"));
  }

  @Override
  public StepHandler<PgpEncryptStep> handler(StepServices services) {
    return new PgpEncryptHandler(services.clock());
  }
}
