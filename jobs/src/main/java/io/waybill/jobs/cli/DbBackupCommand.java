package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.json.StoreForm;
import io.waybill.scheduler.store.BackupTarget;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill db backup [FILE|DIR]}: the daemon copies its store if one lives. */
@Command(
    name = "backup",
    description =
        "Copies the H2 store, also while a daemon uses it, into a file that is compared with it before it gets its name.")
final class DbBackupCommand extends DbVerb {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE|DIR",
      description =
          "A file whose name ends in .mv.db; or a directory, in which it is named by the time. If not given, backups/ in the state directory.")
  private @Nullable String place;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description =
          "For a directory: once this backup is there, delete the oldest that are called as it is but for the time, so that N are left.")
  private @Nullable Integer keep;

  @Option(names = "--force", description = "For a file: replace one that is there.")
  private boolean force;

  @Override
  ExitCode execute() throws InterruptedException {
    BackupTarget target = target();
    Optional<ControlClient> daemon = daemon();
    Map<String, Object> form =
        daemon.isPresent()
            ? daemon.get().backup(body(target))
            : StoreForm.of(care().backup(target));
    output().result(StoreForm.BACKUP_SCHEMA, form, out -> print(form, out));
    return ExitCode.OK;
  }

  private BackupTarget target() {
    try {
      Path path = place == null ? stateDirectory().backups() : Path.of(place);
      if (place == null || place.endsWith("/") || Files.isDirectory(path)) {
        return directory(path);
      }
      if (keep != null) {
        throw new JobException.Configuration(
            "--keep is for a directory, and " + path + " is none; write " + path + "/");
      }
      return new BackupTarget.OneFile(path, force);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration(
          e.getMessage() + "; a directory that is to be made is written with a / at its end", e);
    }
  }

  private BackupTarget directory(Path path) {
    if (force) {
      throw new JobException.Configuration(
          "--force is for a file; in a directory each backup has a name of its own");
    }
    if (keep != null && keep < 1) {
      throw new JobException.Configuration("--keep is 1 or more, not " + keep);
    }
    return new BackupTarget.Rotated(path, keep == null ? 0 : keep);
  }

  private static Map<String, Object> body(BackupTarget target) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (target instanceof BackupTarget.OneFile one) {
      body.put("file", one.file().toString());
      body.put("replace", one.isReplacing());
    } else if (target instanceof BackupTarget.Rotated rotated) {
      body.put("directory", rotated.directory().toString());
      body.put("keep", (long) rotated.keep());
    }
    return body;
  }

  private static void print(Map<String, Object> form, PrintStream out) {
    out.println(
        Output.printable(form.get("file")) + "  " + RunPrinter.size(Plain.number(form, "size")));
    DbPrinter.printTables(form, out);
    if (form.get("deleted") instanceof List<?> deleted) {
      deleted.forEach(file -> out.println("deleted " + Output.printable(file)));
    }
  }
}
