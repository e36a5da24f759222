package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.step.Place;
import io.waybill.jobs.step.PlaceFiles;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.Unfinished;
import io.waybill.transfer.file.OrphanParts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill rm LOCATION...}: deletes files, and directories with {@code -r}. */
@Command(
    name = "rm",
    description = {
      "Deletes files of any location; with -r directories and all that is in them.",
      "Links are deleted here and not followed. Unfinished files, which listings leave out, go with their directory; --unfinished deletes nothing else."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RmCommand extends PlaceVerb {
  static final String SCHEMA = "waybill.rm/1";
  private static final Pattern DOTS = Pattern.compile("(^|/)\\.\\.?/*$");

  @Parameters(arity = "1..*", paramLabel = "LOCATION", description = "Files or directories.")
  private List<String> locations;

  @Option(
      names = {"-r", "--recursive"},
      description = "Directories too, with all that is in them.")
  private boolean recursive;

  @Option(
      names = "--unfinished",
      description =
          "Delete only what copies that were cut short have left in the directories and below them, unless it was changed lately. An old file that stepped aside for one that never came is kept.")
  private boolean unfinished;

  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      description = "With --unfinished: since when nobody may have changed it; 7d if not given.")
  private @Nullable String olderThan;

  @Option(names = "--dry-run", description = "Say what would be deleted, and delete nothing.")
  private boolean dryRun;

  @Override
  ExitCode execute(PlaceFiles files) {
    List<Place> places = locations.stream().map(this::place).toList();
    Duration age = age();
    List<String> deleted = new ArrayList<>();
    if (unfinished) {
      Instant limit = Instant.now().minus(age);
      places.forEach(each -> deleteUnfinished(files, each, limit, deleted));
    } else {
      places.forEach(RmCommand::requireNoRoot);
      places.forEach(each -> delete(files, each, deleted));
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

  private Duration age() {
    if (olderThan == null) {
      return OrphanParts.USUAL_WAIT;
    }
    if (!unfinished) {
      throw new JobException.Configuration("--older-than is for --unfinished; leave it out");
    }
    return CopyOptions.duration("--older-than", olderThan);
  }

  private void deleteUnfinished(
      PlaceFiles files, Place directory, Instant limit, List<String> deleted) {
    for (Unfinished each : files.unfinished(directory)) {
      Place place = below(directory, each.file().path());
      Optional<Instant> changed = each.file().modified();
      if (each.isLastOfOld()) {
        output()
            .note(
                "waybill: warning: %s is an old file that stepped aside for one that never came; it is kept, rename it or copy the new one again"
                    .formatted(place));
      } else if (changed.isEmpty()) {
        output()
            .note(
                "waybill: warning: %s is kept, as the server does not tell when it was changed"
                    .formatted(place));
      } else if (changed.get().isBefore(limit)) {
        delete(files, place, false, deleted);
      }
    }
  }

  private static Place below(Place directory, String path) {
    String base = directory.path();
    return directory.withPath(
        base.isEmpty() || base.endsWith("/") ? base + path : base + "/" + path);
  }

  private static void requireNoRoot(Place place) {
    if (place.path().replace("/", "").isEmpty()) {
      throw new JobException.Configuration(
          "the root of %s is not deleted: name what is in it".formatted(place));
    }
    if (DOTS.matcher(place.path()).find()) {
      throw new JobException.Configuration(
          "%s ends in . or .., which is not deleted: write the directory's own name"
              .formatted(place));
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
    if (!files.deletesDirectories(place)) {
      throw new JobException.Configuration(
          "%s is a directory, which HTTP deletes with all that is in it by then, or not at all: delete its files by their names"
              .formatted(place));
    }
    List<FileEntry> below = new ArrayList<>(files.list(place, true));
    requireText(place, below);
    for (Unfinished each : files.unfinished(place)) {
      delete(files, below(place, each.file().path()), false, deleted);
    }
    Collections.reverse(below); // what is in a directory before it
    for (FileEntry each : below) {
      delete(files, below(place, each.path()), each.isDirectory(), deleted);
    }
    delete(files, place, true, deleted);
  }

  // Java shows bytes that are no UTF-8 as U+FFFD, and cannot find the file by it
  private static void requireText(Place place, List<FileEntry> below) {
    for (FileEntry each : below) {
      if (each.path().indexOf('\uFFFD') >= 0) {
        throw new JobException.Configuration(
            "%s has a name that is not valid UTF-8, %s: nothing was deleted, delete that one with another program first"
                .formatted(place, each.path()));
      }
    }
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
        remove(files, place);
      } else {
        files.delete(place);
      }
    }
    deleted.add(place.toString());
  }

  // Apache FtpServer, for one, tells of no name with a dot before it by MLSD
  private static void remove(PlaceFiles files, Place directory) {
    try {
      files.removeDirectory(directory);
    } catch (TransferException.Refused e) {
      if (!(directory instanceof Place.Remote) || e.isTransient()) {
        throw e;
      }
      throw new TransferException.Refused(
          e.code(),
          false,
          "%s; if it looks empty, something is in it that the server does not list, such as an unfinished upload (its name ends in .wbpart): delete that by other means, or let the upload end"
              .formatted(e.getMessage()),
          e);
    }
  }
}
