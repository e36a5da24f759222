package io.waybill.jobs.cli;

import io.waybill.StoreCare;
import io.waybill.jobs.json.StoreForm;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill db restore FILE}. */
@Command(
    name = "restore",
    description =
        "Checks a backup, and puts a copy of it where the H2 store belongs. Not while a daemon lives. Mail that waited in it may have been sent since, and waits for \"outbox resolve\" now.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class DbRestoreCommand extends DbVerb {
  @Parameters(index = "0", paramLabel = "FILE", description = "The backup; it stays as it is.")
  private Path file;

  @Option(
      names = "--force",
      description = "Take the place of a store that is there, which is kept aside.")
  private boolean force;

  @Override
  ExitCode execute() throws InterruptedException {
    refuseDaemon("replaced");
    StoreCare.Restored restored = care().restore(file, force);
    Map<String, Object> form = StoreForm.of(restored.report(), restored.held());
    output().result(StoreForm.RESTORE_SCHEMA, form, out -> print(form, out));
    if (restored.held() > 0) {
      output()
          .note(
              "waybill: "
                  + restored.held()
                  + " messages that waited in the backup may have been sent since; \"waybill outbox list\" shows them, \"waybill outbox resolve ID --as sent|resend|drop\" decides");
    }
    output()
        .note(
            "waybill: moments that were due since the backup are made up when the daemon starts, as \"missed\" of each job has it");
    return ExitCode.OK;
  }

  private static void print(Map<String, Object> form, PrintStream out) {
    out.println(Output.printable(form.get("store")));
    DbPrinter.printTables(form, out);
    if (form.containsKey("aside")) {
      out.println("the store that was there is " + Output.printable(form.get("aside")));
    }
  }
}
