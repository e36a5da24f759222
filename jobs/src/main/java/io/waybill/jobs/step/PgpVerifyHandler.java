package io.waybill.jobs.step;

import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.pgp.PgpProof;
import io.waybill.jobs.pgp.PgpReader;
import io.waybill.jobs.pgp.PublicKeys;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Carries out {@code pgp.verify}. */
final class PgpVerifyHandler implements StepHandler<PgpVerifyStep> {
  @Override
  public StepResult execute(PgpVerifyStep step, StepCall call) throws InterruptedException {
    PgpReader reader =
        new PgpReader(step.from(), Optional.of(PublicKeys.read(step.signedBy())), step.mostBytes());
    PgpProof proof = proof(step, reader, call);
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("signed-by", proof.keys());
    outputs.put("signed-at", proof.signedAt().orElseThrow().toString());
    return new StepResult(outputs, 0);
  }

  private static PgpProof proof(PgpVerifyStep step, PgpReader reader, StepCall call) {
    if (step.signature().isPresent()) {
      return reader.verify(step.signature().get());
    }
    if (step.to().isEmpty()) {
      return reader.verify(OutputStream.nullOutputStream());
    }
    Path to = step.to().get().of(PgpFiles.decryptedName(step.from()));
    try (WholeFile whole = WholeFile.create(to, step.from())) {
      PgpProof proof = reader.verify(whole.out(call));
      whole.publish();
      return proof;
    }
  }
}
