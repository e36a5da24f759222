package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.ConfigDiscovery;
import io.waybill.jobs.config.JobFileFormat;
import io.waybill.jobs.config.KeyRegistry;
import io.waybill.jobs.step.StepTypes;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill fmt}: job files in one form. */
@Command(
    name = "fmt",
    description =
        "Writes job files anew in one form: keys in the reference's order, two blanks for each"
            + " level; names, values and comments stay. Never changes what a file means.")
final class FmtCommand extends Verb {
  private static final String SCHEMA = "waybill.fmt/1";

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "Files, or directories of them. Default: those of -c, or found as always.")
  private List<Path> named = List.of();

  @Option(
      names = "--check",
      description = "Change nothing; name the files that would be changed, and end with 1 if any.")
  private boolean isCheck;

  @Override
  ExitCode execute() throws IOException {
    KeyRegistry registry = KeyRegistry.of(StepTypes.all());
    List<Path> files =
        JobFileFormat.files(
            named.isEmpty()
                ? ConfigDiscovery.discover(options().files(), cli().environment())
                : named);
    // all of them first: one that cannot be read must not leave the others half done
    Map<Path, String> changed = new LinkedHashMap<>();
    List<String> refused = new ArrayList<>();
    for (Path file : files) {
      try {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
          // it could be read only once, and not be replaced
          throw new JobException.Configuration(
              file + " is no regular file, and only these can be put into the form");
        }
        String text = JobFileFormat.of(file, registry);
        if (!text.equals(Files.readString(file))) {
          changed.put(file, text);
        }
      } catch (JobException.Configuration e) {
        refused.add(e.getMessage()); // that one stays as it is, and keeps no other from the form
      }
    }
    if (!isCheck) {
      for (Map.Entry<Path, String> each : changed.entrySet()) {
        replace(each.getKey().toRealPath(), each.getValue());
      }
    }
    List<String> names = new ArrayList<>();
    changed.keySet().forEach(file -> names.add(file.toString()));
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("changed", names);
    form.put("written", !isCheck);
    String why = String.join("\n", refused);
    if (!refused.isEmpty()) {
      form.put("error", Trouble.form(ExitCode.USAGE, why));
    }
    output().result(SCHEMA, form, out -> names.forEach(out::println));
    if (!refused.isEmpty()) {
      cli().err().println("waybill: " + why);
      return ExitCode.USAGE;
    }
    return isCheck && !names.isEmpty() ? ExitCode.OTHER : ExitCode.OK;
  }

  // whole or not at all: a daemon may read it at any moment
  private static void replace(Path file, String text) throws IOException {
    Path part = file.resolveSibling("." + file.getFileName() + ".part");
    try {
      Files.writeString(part, text);
      PosixFileAttributeView now = Files.getFileAttributeView(part, PosixFileAttributeView.class);
      if (now != null) {
        now.setPermissions(Files.getPosixFilePermissions(file));
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileSystemException e) {
      throw new IOException(file + " cannot be written: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
