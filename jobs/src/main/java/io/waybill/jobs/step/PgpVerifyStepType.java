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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code pgp.verify}: a signature in a file, or beside it. */
public final class PgpVerifyStepType implements StepType<PgpVerifyStep> {
  @Override
  public String name() {
    return "pgp.verify";
  }

  @Override
  public String doc() {
    return "Fails unless a file is signed by one of the keys that are named.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        Key.required("from", Scalar.LOCATION, "A file of this machine."),
        Key.optional(
            "signature",
            Scalar.LOCATION,
            "The file of the signature beside it; else the file holds its signature."),
        Key.required(
            "signed-by",
            new ValueType.ListOf(Scalar.FILE),
            "Files of public keys, by one of which it must be signed."),
        Key.optional(
            "to", Scalar.LOCATION, "Where the content of a file that holds its signature is put."),
        PgpKeys.MAX_SIZE);
  }

  @Override
  public Map<String, String> outputs() {
    Map<String, String> outputs = new LinkedHashMap<>();
    outputs.put("signed-by", "a list of the numbers of the keys that have signed it");
    outputs.put("signed-at", "when");
    return outputs;
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of("signed-by", ValueKind.LIST, "signed-at", ValueKind.TEXT);
  }

  @Override
  public Map<String, String> contradictions(Set<String> given) {
    return given.contains("signature") && given.contains("to")
        ? Map.of(
            "to",
            "\"to\" takes the content out of a file that holds its signature, and \"signature\" is beside it; leave one out")
        : Map.of();
  }

  @Override
  public boolean isLocal(StepResult result) {
    return true;
  }

  @Override
  public PgpVerifyStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<Path> from =
        parts.part("from", () -> PgpFiles.local("from", arguments.text("from"), connections));
    Part<Optional<Path>> signature =
        parts.part(
            "signature",
            () ->
                arguments
                    .optionalText("signature")
                    .map(text -> PgpFiles.local("signature", text, connections)));
    Part<List<Path>> keys = parts.part("signed-by", () -> signers(arguments));
    Part<Optional<PgpTarget>> to = parts.part("to", () -> PgpFiles.target(arguments, connections));
    return parts.together(
        () ->
            new PgpVerifyStep(
                from.get(), signature.get(), keys.get(), to.get(), arguments.integer("max-size")));
  }

  private static List<Path> signers(Arguments arguments) {
    List<Path> keys = PgpKeys.files(arguments, "signed-by");
    if (keys.isEmpty()) {
      throw new JobException.Configuration(
          "\"signed-by\" is an empty list; nobody could have signed it");
    }
    return keys;
  }

  @Override
  public List<ArgumentMistake> doubts(Arguments arguments) {
    return SuppliedFiles.missing(arguments, List.of("signed-by"));
  }

  @Override
  public StepHandler<PgpVerifyStep> handler(StepServices services) {
    return new PgpVerifyHandler();
  }
}
