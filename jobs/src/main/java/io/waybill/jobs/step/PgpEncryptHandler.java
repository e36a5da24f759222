package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.pgp.PgpEncryption;
import io.waybill.jobs.pgp.PublicKeys;
import io.waybill.jobs.pgp.SecretKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Carries out {@code pgp.encrypt}: one file after another. */
final class PgpEncryptHandler implements StepHandler<PgpEncryptStep> {
  private final InstantSource clock;

  PgpEncryptHandler(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public StepResult execute(PgpEncryptStep step, StepCall call) throws InterruptedException {
    Optional<SecretKeys> signer =
        step.signer().map(key -> SecretKeys.read(key.file(), key.passphrase()));
    PgpEncryption encryption =
        new PgpEncryption(
            PublicKeys.read(step.recipients()),
            signer,
            step.manner().isArmored(),
            step.manner().isCompressed());
    List<Map<String, Object>> files = new ArrayList<>();
    long bytes = 0;
    for (Path from : step.from()) {
      if (Files.isDirectory(from)) {
        throw new JobException.Configuration(from + " is a directory; name files");
      }
      String name = from.getFileName() + (step.manner().isArmored() ? ".asc" : ".pgp");
      Path to = step.to().of(name);
      try (WholeFile whole = WholeFile.create(to, from)) {
        bytes += encryption.encrypt(from, whole.out(call), clock.instant());
        whole.publish();
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("name", String.valueOf(to.getFileName()));
        file.put("location", to.toString());
        file.put("path", to.toString());
        file.put("size", whole.size());
        files.add(file);
      }
    }
    return new StepResult(Map.of("files", files), bytes);
  }
}
