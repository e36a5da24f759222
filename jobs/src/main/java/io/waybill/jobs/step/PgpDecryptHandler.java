package io.waybill.jobs.step;

import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.pgp.PgpProof;
import io.waybill.jobs.pgp.PgpReader;
import io.waybill.jobs.pgp.PublicKeys;
import io.waybill.jobs.pgp.SecretKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Carries out {@code pgp.decrypt}: one file after another. */
final class PgpDecryptHandler implements StepHandler<PgpDecryptStep> {
  @Override
  public StepResult execute(PgpDecryptStep step, StepCall call) throws InterruptedException {
    SecretKeys keys = SecretKeys.read(step.key().file(), step.key().passphrase());
    Optional<PublicKeys> signers =
        step.signedBy().isEmpty()
            ? Optional.empty()
            : Optional.of(PublicKeys.read(step.signedBy()));
    List<Map<String, Object>> files = new ArrayList<>();
    long bytes = 0;
    for (Path from : step.from()) {
      Path to =
          step.to().isDirectory() ? step.to().of(PgpFiles.decryptedName(from)) : step.to().path();
      try (WholeFile whole = WholeFile.create(to, from)) {
        PgpProof proof =
            new PgpReader(from, signers, step.mostBytes()).decrypt(keys, whole.out(call));
        whole.publish();
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("name", String.valueOf(to.getFileName()));
        file.put("location", to.toString());
        file.put("path", to.toString());
        file.put("size", whole.size());
        if (!proof.keys().isEmpty()) {
          file.put("signed-by", proof.keys());
        }
        files.add(file);
        bytes += whole.size();
      }
    }
    return new StepResult(Map.of("files", files), bytes);
  }
}
