package io.waybill.transfer.sync;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the target alone has, and which of it must stay. */
final class Extras {
  private final List<ListedEntry> files = new ArrayList<>();
  private final List<ListedEntry> directories = new ArrayList<>();
  private final Set<String> occupied = new HashSet<>();
  private long kept;

  void file(ListedEntry file) {
    files.add(file);
  }

  void directory(ListedEntry directory) {
    directories.add(directory);
  }

  /** Takes note of something that stays, so that the directories it is in stay, too. */
  void stays(ListedEntry entry) {
    kept += entry.isDirectory() ? 0 : 1;
    String directory = entry.isDirectory() ? entry.path() : PathOrder.parent(entry.path());
    while (!directory.isEmpty() && occupied.add(directory)) {
      directory = PathOrder.parent(directory);
    }
  }

  /** Takes out of the files those that stay, and those that get another name. */
  void withoutFiles(Set<String> staying, Set<String> renamed) {
    files.stream().filter(each -> staying.contains(each.path())).forEach(this::stays);
    files.removeIf(each -> staying.contains(each.path()) || renamed.contains(each.path()));
  }

  List<ListedEntry> files() {
    return files;
  }

  /** Returns all directories that the target alone has. */
  List<ListedEntry> directories() {
    return directories;
  }

  /** Returns the directories that nothing keeps, parents first. */
  List<ListedEntry> emptied() {
    return directories.stream().filter(each -> !occupied.contains(each.path())).toList();
  }

  long kept() {
    return kept;
  }
}
