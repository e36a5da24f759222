package io.waybill.transfer.file;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Publishes many small files at once, each whole or not at all: writes all to part files, forces
 * all, renames all, forces each directory once. A file that fails stops none of the others. What a
 * crash leaves is part files only.
 *
 * <p>Directories stay open between groups, 64 at most; close it when its session ends. Not safe for
 * use by several threads; two of these may work in the same tree.
 */
public final class GroupWriter implements Closeable {
  /** The most files in one group. */
  public static final int MAX_FILES = 256;

  private static final int OPEN_DIRECTORIES = 64;
  private static final int NAME_TRIES = 100;
  private static final int COMPARE_BYTES = 64 << 10;
  private static final int OWN = 0600; // or the time could not be set

  private final DirectoryHandle root;
  private final int modeMask;
  private final LooseNames names;
  private final DirectoryCache directories;
  // part files of the group at work; a sweep leaves them alone, however old their times say they
  // are
  private final List<String> held = new ArrayList<>();

  /** One file on its way. */
  private static final class Entry {
    final SmallFile file;
    final DirectoryHandle directory;
    final String parent;
    final String name;
    String part = "";
    @Nullable FileChannel channel;

    OptionalInt mode(int mask) {
      return file.mode().isPresent()
          ? OptionalInt.of(file.mode().getAsInt() & mask)
          : OptionalInt.empty();
    }

    Entry(SmallFile file, DirectoryHandle directory, String parent, String name) {
      this.file = file;
      this.directory = directory;
      this.parent = parent;
      this.name = name;
    }
  }

  /**
   * Starts at a root.
   *
   * @param root trusted; closed together with this
   * @param modeMask which of the files' permission bits are kept, such as 0777
   * @param names of part files
   */
  public GroupWriter(DirectoryHandle root, int modeMask, LooseNames names) {
    this.root = root;
    this.modeMask = modeMask;
    this.names = names;
    this.directories = new DirectoryCache(root, OPEN_DIRECTORIES, names);
  }

  /**
   * Writes one group.
   *
   * @param files at most {@link #MAX_FILES}; of two for the same path the later one wins
   * @param atLeast how well an existing target must be proven equal to be skipped: from {@link
   *     Verification#DIGEST} on it is read and compared
   * @return one outcome a file, in their order
   * @throws IllegalArgumentException if there are too many
   * @throws IOException if a new directory cannot be forced or one be let go of; the outcomes are
   *     then lost
   */
  public List<GroupOutcome> write(List<SmallFile> files, Verification atLeast) throws IOException {
    if (files.size() > MAX_FILES) {
      throw new IllegalArgumentException(
          "A group has at most " + MAX_FILES + " files, not " + files.size());
    }
    @Nullable GroupOutcome[] outcomes = new GroupOutcome[files.size()];
    @Nullable Entry[] entries = new Entry[files.size()];
    try {
      for (int i = 0; i < files.size(); i++) {
        prepare(i, files.get(i), atLeast, entries, outcomes);
      }
      forceEach(entries, outcomes);
      Map<DirectoryHandle, List<Integer>> changed = renameEach(entries, outcomes);
      forceDirectories(changed, files, outcomes);
      forceGrown(changed.keySet());
    } finally {
      // what is left of them is closed and deleted also when something unforeseen is thrown
      for (Entry entry : entries) {
        if (entry != null && entry.channel != null) {
          removePart(entry, null);
        }
      }
      held.forEach(PartJournal::letGo);
      held.clear();
      directories.release();
    }
    List<GroupOutcome> all = new ArrayList<>();
    for (GroupOutcome outcome : outcomes) {
      all.add(Objects.requireNonNull(outcome));
    }
    return all;
  }

  /**
   * Makes a directory and its missing parents, durably.
   *
   * @return {@link GroupOutcome.SkippedEqual} if it was there
   * @throws IOException if the directories cannot be let go of
   */
  public GroupOutcome makeDirectory(String path) throws IOException {
    try {
      directories.openMaking(SafePath.segments(path));
      boolean isNew = !directories.grown().isEmpty();
      forceGrown(Set.of());
      return isNew ? new GroupOutcome.Published(path) : new GroupOutcome.SkippedEqual(path);
    } catch (IOException e) {
      return new GroupOutcome.Failed(path, e);
    } finally {
      directories.release();
    }
  }

  // what new directories were made in
  private void forceGrown(Set<DirectoryHandle> forced) throws IOException {
    for (DirectoryHandle directory : directories.grown()) {
      if (!forced.contains(directory)) {
        directory.force();
      }
    }
  }

  private void prepare(
      int index,
      SmallFile file,
      Verification atLeast,
      @Nullable Entry[] entries,
      @Nullable GroupOutcome[] outcomes) {
    Entry entry = null;
    try {
      if (file.policy() == TargetPolicy.APPEND) {
        throw new IOException("A file of a group cannot be appended: " + file.path());
      }
      entry = locate(file);
      if (isEqualAlready(entry, atLeast)) {
        outcomes[index] = new GroupOutcome.SkippedEqual(file.path());
        return;
      }
      create(entry);
      fill(entry);
      entries[index] = entry;
    } catch (IOException e) {
      // a path that was refused cannot even be told to the file system
      Path place = entry == null ? root.path() : path(entry);
      outcomes[index] = failed(file, entry, DiskFullException.recognise(e, place, 0));
    }
  }

  private Entry locate(SmallFile file) throws IOException {
    List<String> segments = SafePath.segments(file.path());
    int last = segments.size() - 1;
    List<String> parents = segments.subList(0, last);
    return new Entry(
        file, directories.openMaking(parents), String.join("/", parents), segments.get(last));
  }

  private static boolean isEqualAlready(Entry entry, Verification atLeast) throws IOException {
    SmallFile file = entry.file;
    if (file.policy() == TargetPolicy.REPLACE || file.policy() == TargetPolicy.RENAME) {
      return false;
    }
    Optional<BasicFileAttributes> there = entry.directory.attributes(entry.name);
    if (there.isEmpty()) {
      return false;
    }
    if (there.get().isDirectory()) {
      throw new FileAlreadyExistsException(file.path(), null, "It is a directory");
    }
    if (file.policy() == TargetPolicy.FAIL) {
      throw new FileAlreadyExistsException(file.path());
    }
    if (!there.get().isRegularFile() || there.get().size() != file.bytes().remaining()) {
      return false;
    }
    return atLeast.atLeast(Verification.DIGEST)
        ? hasSameBytes(entry)
        : hasSameTime(file, there.get());
  }

  // a time set through a directory handle has microseconds, no more
  private static boolean hasSameTime(SmallFile file, BasicFileAttributes there) {
    return file.modified()
        .map(KeptTime::of)
        .filter(KeptTime.of(there.lastModifiedTime().toInstant())::equals)
        .isPresent();
  }

  private static boolean hasSameBytes(Entry entry) throws IOException {
    ByteBuffer wanted = entry.file.bytes().duplicate();
    ByteBuffer found = ByteBuffer.allocate(COMPARE_BYTES);
    try (FileChannel channel = entry.directory.openFile(entry.name, READ)) {
      while (channel.read(found.clear()) >= 0) {
        found.flip();
        if (found.remaining() > wanted.remaining()
            || !found.equals(wanted.slice(wanted.position(), found.remaining()))) {
          return false;
        }
        wanted.position(wanted.position() + found.remaining());
      }
      // who repeats a group after a crash is told that it is durable
      channel.force(true);
    }
    return !wanted.hasRemaining();
  }

  private void create(Entry entry) throws IOException {
    for (int i = 0; i < NAME_TRIES; i++) {
      if (createAs(names.next(entry.name), entry)) {
        return;
      }
    }
    throw new FileAlreadyExistsException(
        entry.file.path(), null, "No unused name for its part file in " + NAME_TRIES + " tries");
  }

  private boolean createAs(PartName part, Entry entry) throws IOException {
    held.add(PartJournal.hold(entry.directory, part));
    try {
      OptionalInt mode = entry.mode(modeMask);
      entry.channel =
          mode.isPresent()
              ? entry.directory.createFile(part.part(), mode.getAsInt() | OWN)
              : entry.directory.openFile(part.part(), CREATE_NEW, WRITE);
      entry.part = part.part();
      return true;
    } catch (FileAlreadyExistsException taken) {
      return false;
    }
  }

  private void fill(Entry entry) throws IOException {
    SmallFile file = entry.file;
    ByteBuffer bytes = file.bytes().duplicate();
    FileChannel channel = Objects.requireNonNull(entry.channel);
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw DiskFullException.recognise(e, path(entry), bytes.remaining());
    }
    if (file.modified().isPresent()) {
      entry.directory.setModified(entry.part, file.modified().get());
    }
    OptionalInt mode = entry.mode(modeMask);
    if (mode.isPresent() && (mode.getAsInt() & OWN) != OWN) {
      entry.directory.setMode(entry.part, mode.getAsInt());
    }
  }

  private static Path path(Entry entry) {
    return entry.directory.path().resolve(entry.name);
  }

  private static void forceEach(@Nullable Entry[] entries, @Nullable GroupOutcome[] outcomes) {
    for (int i = 0; i < entries.length; i++) {
      Entry entry = entries[i];
      if (entry == null) {
        continue;
      }
      try (FileChannel channel = Objects.requireNonNull(entry.channel)) {
        channel.force(true);
      } catch (IOException e) {
        entries[i] = null;
        outcomes[i] = failed(entry.file, entry, DiskFullException.recognise(e, path(entry), 0));
      }
    }
  }

  private static Map<DirectoryHandle, List<Integer>> renameEach(
      @Nullable Entry[] entries, @Nullable GroupOutcome[] outcomes) {
    Map<DirectoryHandle, List<Integer>> changed = new LinkedHashMap<>();
    for (int i = 0; i < entries.length; i++) {
      Entry entry = entries[i];
      if (entry == null) {
        continue;
      }
      try {
        String name = rename(entry);
        entries[i] = null;
        outcomes[i] =
            new GroupOutcome.Published(entry.parent.isEmpty() ? name : entry.parent + "/" + name);
        changed.computeIfAbsent(entry.directory, directory -> new ArrayList<>()).add(i);
      } catch (IOException e) {
        entries[i] = null;
        outcomes[i] = failed(entry.file, entry, e);
      }
    }
    return changed;
  }

  private static String rename(Entry entry) throws IOException {
    switch (entry.file.policy()) {
      case RENAME -> {
        return FreeName.rename(entry.directory, entry.part, entry.name);
      }
      case FAIL -> {
        if (!FreeName.renameIfFree(entry.directory, entry.part, entry.name)) {
          throw new FileAlreadyExistsException(entry.file.path());
        }
      }
      default -> {
        synchronized (entry.directory.lockOf(entry.name)) {
          replace(entry);
        }
      }
    }
    return entry.name;
  }

  private static void replace(Entry entry) throws IOException {
    try {
      entry.directory.rename(entry.part, entry.name);
    } catch (FileSystemException e) {
      if (entry
          .directory
          .attributes(entry.name)
          .filter(BasicFileAttributes::isDirectory)
          .isPresent()) {
        FileAlreadyExistsException taken =
            new FileAlreadyExistsException(entry.file.path(), null, "It is a directory");
        taken.initCause(e);
        throw taken;
      }
      throw e;
    }
  }

  private static void forceDirectories(
      Map<DirectoryHandle, List<Integer>> changed,
      List<SmallFile> files,
      @Nullable GroupOutcome[] outcomes) {
    changed.forEach(
        (directory, indexes) -> {
          try {
            directory.force();
          } catch (IOException e) {
            indexes.forEach(i -> outcomes[i] = failed(files.get(i), null, e));
          }
        });
  }

  private static GroupOutcome failed(SmallFile file, @Nullable Entry entry, IOException cause) {
    if (entry != null && entry.channel != null) {
      removePart(entry, cause);
    }
    return new GroupOutcome.Failed(file.path(), cause);
  }

  // what cannot be deleted now is an orphan, swept later
  private static void removePart(Entry entry, @Nullable IOException cause) {
    try (FileChannel channel = entry.channel) {
      entry.directory.deleteIfExists(entry.part);
    } catch (IOException e) {
      if (cause != null) {
        cause.addSuppressed(e);
      }
    }
  }

  /** Closes every directory, the root included. */
  @Override
  public void close() throws IOException {
    try (root) {
      directories.close();
    }
  }
}
