package io.waybill.jobs.step;

import io.waybill.jobs.StepJournal;
import io.waybill.jobs.json.Plain;
import io.waybill.transfer.FileEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Files that earlier attempts of a step have taken away from where they were, so that nobody finds
 * them there any more: they are the step's as much as those that are still to come.
 */
final class EarlierFiles {
  static final EarlierFiles NONE =
      new EarlierFiles(Map.of(), location -> Optional.empty(), (item, plain) -> {});

  private final Map<String, FileItem> items;
  private final Function<String, Optional<FileEntry>> look;
  private final BiConsumer<String, Map<String, Object>> done;

  private EarlierFiles(
      Map<String, FileItem> items,
      Function<String, Optional<FileEntry>> look,
      BiConsumer<String, Map<String, Object>> done) {
    this.items = new LinkedHashMap<>(items);
    this.look = look;
    this.done = done;
  }

  static EarlierFiles of(StepJournal journal, Sessions sessions) {
    Map<String, FileItem> items = new LinkedHashMap<>();
    journal.items().forEach((item, plain) -> items.put(item, FileItem.read(plain)));
    return new EarlierFiles(items, location -> look(location, sessions), journal::done);
  }

  private static Optional<FileEntry> look(String location, Sessions sessions) {
    Place place = Place.of(location, sessions.services().connections());
    return place instanceof Place.Local local
        ? LocalTree.stat(local.toPath())
        : sessions.to(place).orElseThrow().stat(place.path());
  }

  /** Says whether a file that is not there was begun with by an earlier attempt. */
  boolean isTaken(Place source) {
    return items.values().stream()
        .anyMatch(each -> source.location().equals(each.file().get("source")));
  }

  /** Leaves out those that are still to be found where they were, by their names in the journal. */
  void without(Stream<String> found) {
    found.forEach(items::remove);
  }

  int count() {
    return items.size();
  }

  /**
   * Tells what came of them.
   *
   * @param files are those that are where they belong
   * @param lost is told of those that are neither here nor there: what they were, and what happened
   */
  void settle(List<Map<String, Object>> files, BiConsumer<String, String> lost) {
    items.forEach(
        (item, known) -> {
          boolean isThere =
              known.state() != FileItem.State.BEGUN
                  || look.apply(Plain.text(known.file(), "location"))
                      .filter(entry -> entry.sizeBytes() == known.sizeBytes())
                      .isPresent();
          if (!isThere) {
            lost.accept(
                String.valueOf(known.file().get("source")),
                "%s was to be renamed to %s when an earlier attempt ended, and is at neither place now"
                    .formatted(known.file().get("source"), known.file().get("location")));
            return;
          }
          if (known.state() != FileItem.State.DONE) {
            done.accept(item, known.at(FileItem.State.DONE).plain());
          }
          files.add(known.file());
        });
  }
}
