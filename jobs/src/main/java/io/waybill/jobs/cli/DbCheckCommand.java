package io.waybill.jobs.cli;

import io.waybill.StoreCare;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.StoreForm;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill db check [FILE]}: the daemon looks at its store if one lives. */
@Command(
    name = "check",
    description =
        "Reads a store from end to end, follows the keys between its rows, and tells what is wrong; 7 if something is. Changes nothing, and works beside a daemon.")
final class DbCheckCommand extends DbVerb {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "A backup; the store of the job file or of the state directory if not given.")
  private @Nullable Path file;

  @Override
  ExitCode execute() throws InterruptedException {
    Map<String, Object> form = form();
    output().result(StoreForm.CHECK_SCHEMA, form, out -> DbPrinter.printCheck(form, out));
    return Boolean.TRUE.equals(form.get("sound")) ? ExitCode.OK : ExitCode.INTEGRITY;
  }

  private Map<String, Object> form() throws InterruptedException {
    if (file != null) {
      return StoreForm.of(StoreCare.check(file));
    }
    Optional<ControlClient> daemon = daemon();
    return daemon.isPresent() ? daemon.get().checkStore() : StoreForm.of(care().check());
  }
}
