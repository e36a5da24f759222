package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill init}: a job file to start from. */
@Command(
    name = "init",
    description =
        "Writes a commented job file to start from. It names servers that do not exist; with"
            + " --sandbox those of a sandbox that runs.")
final class InitCommand extends Verb {
  private static final String SCHEMA = "waybill.init/1";

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "Where it goes. Default: waybill.yml.")
  private Path file = Path.of("waybill.yml");

  @Option(names = "--force", description = "Replace a file that is there.")
  private boolean isForced;

  @Option(
      names = "--sandbox",
      paramLabel = "DIR",
      description = "The directory that \"waybill sandbox\" printed: the job runs against it.")
  private @Nullable Path sandbox;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description = "IANA zone of the schedules. Default: this machine's.")
  private @Nullable String zone;

  @Override
  ExitCode execute() throws IOException {
    String name = zone == null ? ZoneId.systemDefault().getId() : zone;
    // an offset, or a name that is not one of a place, is refused by the file's reader
    String known = ZoneId.getAvailableZoneIds().contains(name) ? name : unknown(name);
    String text =
        sandbox == null ? StarterFile.forAnExample(known) : StarterFile.forASandbox(known, sandbox);
    write(text);
    output()
        .result(
            SCHEMA,
            Map.of("file", file.toString()),
            out -> {
              out.println("wrote " + file);
              out.println("  waybill validate -c " + file + "    tells every mistake in it");
              if (sandbox != null) {
                out.println("  waybill run orders -c " + file + "  runs its job");
              }
            });
    return ExitCode.OK;
  }

  private String unknown(String name) {
    if (zone == null) {
      return "UTC";
    }
    throw new JobException.Configuration(
        "--zone is no IANA zone: \"" + name + "\"; write one such as Europe/Paris or UTC");
  }

  private void write(String text) throws IOException {
    List<OpenOption> options =
        isForced
            ? List.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)
            : List.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      Files.write(file, text.getBytes(StandardCharsets.UTF_8), options.toArray(OpenOption[]::new));
    } catch (FileAlreadyExistsException e) {
      throw new JobException.Configuration(
          file + " is there already; name another file, or replace it with --force", e);
    } catch (NoSuchFileException e) {
      throw new JobException.Configuration("there is no directory for " + file, e);
    }
  }
}
