package io.waybill.jobs.cli;

import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.step.Place;
import io.waybill.jobs.step.PlaceFiles;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill rm LOCATION...}: deletes files, and directories with {@code -r}. */
@Command(
    name = "rm",
    description = {
      "Deletes files of any location; with -r directories and all that is in them.",
      "Links are deleted here and not followed; unfinished files of our own go with their directory, and are told.",
      "A waybill server does not show those: it deletes them itself once nobody has come back for them (serve --keep-unfinished). FTP servers that list no hidden files show none either."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RmCommand extends PlaceVerb {
  static final String SCHEMA = "waybill.rm/1";

  @Parameters(arity = "1..*", paramLabel = "LOCATION", description = "Files or directories.")
  private List<String> locations;

  @Option(
      names = {"-r", "--recursive"},
      description = "Directories too, with all that is in them.")
  private boolean recursive;

  @Option(names = "--dry-run", description = "Say what would be deleted, and delete nothing.")
  private boolean dryRun;

  private final List<String> deleted = new ArrayList<>();
  private final List<String> unfinished = new ArrayList<>();

  @Override
  ExitCode execute(PlaceFiles files) {
    List<Place> places = locations.stream().map(this::place).toList();
    places.forEach(RmCommand::requireNoRoot);
    for (Place each : places) {
      delete(files, each);
    }
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("dry-run", dryRun);
    form.put("deleted", deleted);
    form.put("unfinished", unfinished);
    output()
        .result(
            SCHEMA,
            form,
            out -> {
              if (dryRun) {
                deleted.forEach(each -> out.println("would delete " + Output.printable(each)));
              }
              String what = (dryRun ? "would delete" : "deleted") + " unfinished ";
              unfinished.forEach(each -> out.println(what + Output.printable(each)));
            });
    return ExitCode.OK;
  }

  private static void requireNoRoot(Place place) {
    if (place.path().replace("/", "").isEmpty()) {
      throw new JobException.Configuration(
          "the root of %s is not deleted: name what is in it".formatted(place));
    }
  }

  private void delete(PlaceFiles files, Place place) {
    FileEntry entry = files.look(place);
    if (!entry.isDirectory() || files.isLink(place)) {
      delete(files, place, false);
      return;
    }
    if (!recursive) {
      throw new JobException.Configuration(place + " is a directory; -r deletes it, too");
    }
    List<FileEntry> below = new ArrayList<>(files.list(place, true));
    Collections.reverse(below); // what is in a directory before it
    String base = place.path().endsWith("/") ? place.path() : place.path() + "/";
    for (FileEntry each : below) {
      delete(files, place.withPath(base + each.path()), each.isDirectory());
    }
    delete(files, place, true);
  }

  private void delete(PlaceFiles files, Place place, boolean isDirectory) {
    if (isDirectory) {
      deleteUnfinished(files, place);
    }
    if (!dryRun) {
      if (isDirectory) {
        remove(files, place);
      } else {
        files.delete(place);
      }
    }
    deleted.add(place.toString());
  }

  private void deleteUnfinished(PlaceFiles files, Place directory) {
    String base = directory.path().endsWith("/") ? directory.path() : directory.path() + "/";
    for (FileEntry each : files.unfinished(directory)) {
      Place part = directory.withPath(base + each.path());
      if (!dryRun) {
        files.delete(part);
      }
      unfinished.add(part.toString());
    }
  }

  private static void remove(PlaceFiles files, Place directory) {
    try {
      files.removeDirectory(directory);
    } catch (TransferException.Refused e) {
      if (!(directory instanceof Place.Remote remote)) {
        throw e;
      }
      throw new TransferException.Refused(
          e.code(),
          e.isTransient(),
          "%s; if it is empty as it is listed, an unfinished upload is in it which the server does not show: finish that, or %s"
              .formatted(
                  e.getMessage(),
                  remote.connection() instanceof Connection.Hub
                      ? "do this again once the server has deleted it (serve --keep-unfinished, 7 days if nothing else was said)"
                      : "delete the files whose names end in .wbpart there by other means"),
          e);
    }
  }
}
