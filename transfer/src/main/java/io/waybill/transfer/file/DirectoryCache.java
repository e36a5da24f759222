package io.waybill.transfer.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Open directories below a root, by relative path; the least recently used ones are closed when
 * there are too many. What was asked for since the last {@link #release} stays open until then.
 *
 * <p>A handle from before the last release is handed out only after each part of its path was found
 * to be still the same directory, so that one that was moved away or swapped is walked to anew. Not
 * safe for use by several threads.
 */
final class DirectoryCache implements Closeable {
  private static final String TEMPORARY = "d";

  private final DirectoryHandle root;
  private final int limit;
  private final LooseNames names;
  private final LinkedHashMap<String, DirectoryHandle> handles =
      new LinkedHashMap<>(16, 0.75f, true);
  private final Set<String> inUse = new HashSet<>();
  private final Set<DirectoryHandle> grown = new LinkedHashSet<>();

  /**
   * Starts with the root alone.
   *
   * @param root trusted; stays the caller's to close
   * @param limit how many directories stay open between uses
   * @param names for temporary ones
   */
  DirectoryCache(DirectoryHandle root, int limit, LooseNames names) {
    this.root = root;
    this.limit = limit;
    this.names = names;
  }

  /**
   * Opens a directory, making what is missing; never through a link.
   *
   * @param segments its path, checked before; empty for the root
   * @throws IOException if a part of the path is a link or no directory
   */
  DirectoryHandle openMaking(List<String> segments) throws IOException {
    return open(segments, true);
  }

  /**
   * Opens a directory that is there; never through a link.
   *
   * @throws NoSuchFileException if it is not
   * @throws IOException if a part of the path is a link or no directory
   */
  DirectoryHandle open(List<String> segments) throws IOException {
    return open(segments, false);
  }

  private DirectoryHandle open(List<String> segments, boolean make) throws IOException {
    DirectoryHandle at = root;
    for (int i = 0; i < segments.size(); i++) {
      String path = String.join("/", segments.subList(0, i + 1));
      DirectoryHandle known = inUse.contains(path) ? handles.get(path) : null;
      if (known == null) {
        known = checked(at, segments.get(i), path, make);
        inUse.add(path);
      }
      at = known;
    }
    return at;
  }

  private DirectoryHandle checked(DirectoryHandle parent, String name, String path, boolean make)
      throws IOException {
    DirectoryHandle cached = handles.get(path);
    if (cached != null) {
      Optional<BasicFileAttributes> now = parent.attributes(name);
      if (now.isPresent() && isSame(now.get(), cached)) {
        return cached;
      }
      drop(path);
    }
    DirectoryHandle opened = make ? childOrMake(parent, name) : parent.child(name);
    handles.put(path, opened);
    return opened;
  }

  private static boolean isSame(BasicFileAttributes now, DirectoryHandle cached)
      throws IOException {
    // without file keys (Windows) nothing can be told: walked anew
    return now.isDirectory() && now.fileKey() != null && now.fileKey().equals(cached.key());
  }

  private DirectoryHandle childOrMake(DirectoryHandle parent, String name) throws IOException {
    try {
      return parent.child(name);
    } catch (NoSuchFileException missing) {
      String temporary = names.next(TEMPORARY).part();
      DirectoryHandle made = parent.childOrMake(name, root, temporary);
      grown.add(parent);
      return made;
    }
  }

  /** Forgets a directory and all below it. */
  private void drop(String path) throws IOException {
    List<DirectoryHandle> dropped = new ArrayList<>();
    Iterator<Map.Entry<String, DirectoryHandle>> each = handles.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<String, DirectoryHandle> entry = each.next();
      if (entry.getKey().equals(path) || entry.getKey().startsWith(path + "/")) {
        grown.remove(entry.getValue());
        dropped.add(entry.getValue());
        inUse.remove(entry.getKey());
        each.remove();
      }
    }
    closeAll(dropped);
  }

  /** Returns the directories that new ones were made in since the last release. */
  Set<DirectoryHandle> grown() {
    return grown;
  }

  /** Ends the use of all that was asked for, and closes what is above the limit. */
  void release() throws IOException {
    inUse.clear();
    grown.clear();
    List<DirectoryHandle> tooMany = new ArrayList<>();
    Iterator<DirectoryHandle> eldest = handles.values().iterator();
    while (handles.size() > limit) {
      tooMany.add(Objects.requireNonNull(eldest.next()));
      eldest.remove();
    }
    closeAll(tooMany);
  }

  /** Returns how many are open, the root not counted. */
  int size() {
    return handles.size();
  }

  private static void closeAll(List<DirectoryHandle> handles) throws IOException {
    IOException first = null;
    for (DirectoryHandle each : handles) {
      first = closed(each, first);
    }
    if (first != null) {
      throw first;
    }
  }

  private static @Nullable IOException closed(DirectoryHandle handle, @Nullable IOException first) {
    try {
      handle.close();
    } catch (IOException e) {
      if (first == null) {
        return e;
      }
      first.addSuppressed(e);
    }
    return first;
  }

  @Override
  public void close() throws IOException {
    List<DirectoryHandle> all = List.copyOf(handles.values());
    handles.clear();
    inUse.clear();
    closeAll(all);
  }
}
