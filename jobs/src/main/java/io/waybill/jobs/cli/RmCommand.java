package io.waybill.jobs.cli;

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
      "Links are deleted here and not followed; unfinished files of our own are left, and their directories with them."
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

  @Override
  ExitCode execute(PlaceFiles files) {
    List<Place> places = locations.stream().map(this::place).toList();
    places.forEach(RmCommand::requireNoRoot);
    List<String> deleted = new ArrayList<>();
    for (Place each : places) {
      delete(files, each, deleted);
    }
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("dry-run", dryRun);
    form.put("deleted", deleted);
    output()
        .result(
            SCHEMA,
            form,
            out -> {
              if (dryRun) {
                deleted.forEach(each -> out.println("would delete " + Output.printable(each)));
              }
            });
    return ExitCode.OK;
  }

  private static void requireNoRoot(Place place) {
    if (place.path().replace("/", "").isEmpty()) {
      throw new JobException.Configuration(
          "the root of %s is not deleted: name what is in it".formatted(place));
    }
  }

  private void delete(PlaceFiles files, Place place, List<String> deleted) {
    if (!isDirectory(files, place)) {
      delete(files, place, false, deleted);
      return;
    }
    if (!recursive) {
      throw new JobException.Configuration(place + " is a directory; -r deletes it, too");
    }
    List<FileEntry> below = new ArrayList<>(files.list(place, true));
    Collections.reverse(below); // what is in a directory before it
    String base = place.path().endsWith("/") ? place.path() : place.path() + "/";
    for (FileEntry each : below) {
      delete(files, place.withPath(base + each.path()), each.isDirectory(), deleted);
    }
    delete(files, place, true, deleted);
  }

  private static boolean isDirectory(PlaceFiles files, Place place) {
    try {
      return files.look(place).isDirectory() && !files.isLink(place);
    } catch (JobException.NotFound e) {
      if (isLinkToNothing(files, place, e)) {
        return false;
      }
      throw e;
    }
  }

  // servers follow a link when they are asked about it, and then there is nothing
  private static boolean isLinkToNothing(PlaceFiles files, Place place, JobException.NotFound e) {
    try {
      return files.isLink(place);
    } catch (TransferException unlisted) {
      e.addSuppressed(unlisted);
      return false;
    }
  }

  private void delete(PlaceFiles files, Place place, boolean isDirectory, List<String> deleted) {
    if (!dryRun) {
      if (isDirectory) {
        files.removeDirectory(place);
      } else {
        files.delete(place);
      }
    }
    deleted.add(place.toString());
  }
}
