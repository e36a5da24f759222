package io.waybill.jobs.cli;

import io.waybill.jobs.step.PlaceFiles;
import io.waybill.transfer.FileEntry;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill ls LOCATION}: what is in a directory, here or at a server. */
@Command(
    name = "ls",
    description = {
      "Lists a directory of any location, or one file.",
      "Sizes are in bytes, times of this machine's zone; unfinished files of our own are left out."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LsCommand extends PlaceVerb {
  static final String SCHEMA = "waybill.entry/1";
  static final String LIST_SCHEMA = "waybill.entries/1";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  @Parameters(paramLabel = "LOCATION", description = "The directory or file.")
  private String location;

  @Option(
      names = {"-r", "--recursive"},
      description = "And all that is below it.")
  private boolean recursive;

  @Override
  ExitCode execute(PlaceFiles files) {
    List<FileEntry> entries = files.list(place(location), recursive);
    output()
        .results(
            SCHEMA,
            LIST_SCHEMA,
            "entries",
            entries.stream().map(LsCommand::plain).toList(),
            out -> entries.forEach(entry -> print(entry, out)));
    return ExitCode.OK;
  }

  private static Map<String, Object> plain(FileEntry entry) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("path", entry.path());
    plain.put("kind", entry.kind().name().toLowerCase(Locale.ROOT));
    if (entry.sizeBytes() >= 0) {
      plain.put("bytes", entry.sizeBytes());
    }
    entry.modified().ifPresent(time -> plain.put("modified", time.toString()));
    entry.mode().ifPresent(mode -> plain.put("mode", String.format(Locale.ROOT, "%04o", mode)));
    return plain;
  }

  private static void print(FileEntry entry, PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%s %15s  %-19s  %s%s%n",
        switch (entry.kind()) {
          case FILE -> "-";
          case DIRECTORY -> "d";
          case LINK -> "l";
          case OTHER -> "?";
        },
        entry.sizeBytes() < 0 ? "" : Long.toString(entry.sizeBytes()),
        entry.modified().map(time -> TIME.format(time.atZone(ZoneId.systemDefault()))).orElse(""),
        Output.printable(entry.path()),
        entry.isDirectory() ? "/" : "");
  }
}
