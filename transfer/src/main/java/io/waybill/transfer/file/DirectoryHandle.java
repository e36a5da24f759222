package io.waybill.transfer.file;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An open directory: names are resolved against the handle, not the path, and never through a
 * symbolic link, so that nobody can swap a parent while we work. Where the platform has no such
 * handles (Windows, macOS) the path is used, and a swap in between is possible.
 */
public final class DirectoryHandle implements Closeable {
  private static final Object[] NAME_LOCKS = locks();
  private static final Set<OpenOption> CREATED = Set.of(CREATE_NEW, WRITE, NOFOLLOW_LINKS);

  private final Path path;
  private final DirectoryStream<Path> stream;
  private final @Nullable SecureDirectoryStream<Path> secure;
  private volatile @Nullable Object key;
  // whether new files here get those permission bits as they are asked for; seen at the first one
  private final Map<Integer, Boolean> madeExactly = new ConcurrentHashMap<>();

  private DirectoryHandle(Path path, DirectoryStream<Path> stream) {
    this.path = path;
    this.stream = stream;
    this.secure = stream instanceof SecureDirectoryStream<Path> handle ? handle : null;
  }

  /**
   * Opens a trusted directory; links in its path are followed.
   *
   * @throws NoSuchFileException if it does not exist
   * @throws NotDirectoryException if it is something else
   */
  public static DirectoryHandle open(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath();
    return ofPath(absolute);
  }

  /**
   * Opens a sub-directory, never through a link.
   *
   * @param name one segment
   * @throws NoSuchFileException if it does not exist
   * @throws IOException if it is a link, {@link LinkRefusedException}, or no directory
   */
  public DirectoryHandle child(String name) throws IOException {
    Path segment = segment(name);
    Path full = path.resolve(segment);
    try {
      if (secure != null) {
        return new DirectoryHandle(full, secure.newDirectoryStream(segment, NOFOLLOW_LINKS));
      }
    } catch (FileSystemException e) {
      throw e.getReason() != null && isLink(name) ? new LinkRefusedException(full.toString()) : e;
    }
    if (!Files.isDirectory(full, NOFOLLOW_LINKS)) {
      throw isLink(name)
          ? new LinkRefusedException(full.toString())
          : Files.exists(full, NOFOLLOW_LINKS)
              ? new NotDirectoryException(full.toString())
              : new NoSuchFileException(full.toString());
    }
    return ofPath(full);
  }

  private boolean isLink(String name) throws IOException {
    return attributes(name).filter(BasicFileAttributes::isSymbolicLink).isPresent();
  }

  @SuppressWarnings("StreamResourceLeak") // the handle owns and closes it
  private static DirectoryHandle ofPath(Path path) throws IOException {
    return new DirectoryHandle(path, Files.newDirectoryStream(path));
  }

  /**
   * Opens a sub-directory, making it if it is missing. Java cannot make a directory through a
   * handle: a parent swapped in just that moment gets an empty directory, which is then not
   * entered.
   *
   * @param name one segment
   */
  public DirectoryHandle childOrMake(String name) throws IOException {
    try {
      return child(name);
    } catch (NoSuchFileException missing) {
      // or one that is moved here just now would replace what this makes, and opens
      synchronized (lockOf(name)) {
        try {
          Files.createDirectory(path.resolve(segment(name)));
        } catch (FileAlreadyExistsException raced) {
          return child(name);
        }
        return child(name);
      }
    }
  }

  /** Returns the names in it, in no order; works once for each handle. */
  public List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    Names each = eachName();
    for (String name = each.next(); name != null; name = each.next()) {
      names.add(name);
    }
    return names;
  }

  /** Reads the names in it one by one, in no order; works once for each handle. */
  public Names eachName() {
    return new Names(stream.iterator());
  }

  /** The names in a directory, read as they are asked for. Not safe for use by several threads. */
  public static final class Names {
    private final Iterator<Path> paths;

    private Names(Iterator<Path> paths) {
      this.paths = paths;
    }

    /**
     * Returns the next name, or null after the last one.
     *
     * @throws IOException if the directory cannot be read on
     */
    public @Nullable String next() throws IOException {
      try {
        return paths.hasNext() ? paths.next().getFileName().toString() : null;
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
  }

  /**
   * Returns the path of what has that name, for messages.
   *
   * @throws UnsafePathException if this machine cannot write the name
   */
  Path pathOf(String name) throws UnsafePathException {
    return path.resolve(segment(name));
  }

  /** Returns the path it was opened by. */
  public Path path() {
    return path;
  }

  /**
   * Opens a file; a link is refused.
   *
   * @param name one segment
   */
  public FileChannel openFile(String name, StandardOpenOption... options) throws IOException {
    Set<OpenOption> all = new HashSet<>(Set.of(options));
    all.add(NOFOLLOW_LINKS);
    return open(name, all);
  }

  private FileChannel open(String name, Set<OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path segment = segment(name);
    if (secure != null) {
      SeekableByteChannel channel = secure.newByteChannel(segment, options, attributes);
      if (channel instanceof FileChannel file) {
        return file;
      }
      channel.close();
    }
    return FileChannel.open(path.resolve(segment), options, attributes);
  }

  /** Returns the attributes of what has that name, links not followed; empty if nothing has. */
  public Optional<BasicFileAttributes> attributes(String name) throws IOException {
    try {
      // the permission bits come with them where there are any, see modeOf
      PosixFileAttributeView posix = posix(name);
      return Optional.of(posix == null ? view(name).readAttributes() : posix.readAttributes());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the permission bits of what has that name, links not followed, 0 to 0777; empty where
   * the platform has none.
   *
   * @throws NoSuchFileException if nothing has that name
   */
  public OptionalInt mode(String name) throws IOException {
    PosixFileAttributeView view = posix(name);
    return view == null
        ? OptionalInt.empty()
        : OptionalInt.of(FileMode.of(view.readAttributes().permissions()));
  }

  /** Returns the permission bits, 0 to 0777, out of what {@link #attributes} returned. */
  public static OptionalInt modeOf(BasicFileAttributes found) {
    return found instanceof PosixFileAttributes posix
        ? OptionalInt.of(FileMode.of(posix.permissions()))
        : OptionalInt.empty();
  }

  /**
   * Sets a file's permission bits; setuid, setgid and the sticky bit are never among them. Does
   * nothing where the platform has none.
   *
   * @param mode only its lowest nine bits count
   */
  public void setMode(String name, int mode) throws IOException {
    PosixFileAttributeView view = posix(name);
    if (view != null) {
      view.setPermissions(FileMode.permissions(mode));
    }
  }

  /**
   * Makes a file, to be written to, with these permission bits, whatever the umask or the
   * directory's access list take from new files.
   *
   * @param mode only its lowest nine bits count
   * @throws FileAlreadyExistsException if something has that name
   */
  FileChannel createFile(String name, int mode) throws IOException {
    PosixFileAttributeView view = posix(name);
    if (view == null) {
      return openFile(name, CREATE_NEW, WRITE);
    }
    Set<PosixFilePermission> permissions = FileMode.permissions(mode);
    FileChannel made = open(name, CREATED, PosixFilePermissions.asFileAttribute(permissions));
    try {
      Boolean isExact = madeExactly.get(mode);
      if (isExact == null) {
        isExact = view.readAttributes().permissions().equals(permissions);
        madeExactly.put(mode, isExact);
      }
      if (!isExact) {
        view.setPermissions(permissions);
      }
      return made;
    } catch (IOException e) {
      try (made) {
        deleteIfExists(name);
        throw e;
      }
    }
  }

  private @Nullable PosixFileAttributeView posix(String name) throws UnsafePathException {
    Path segment = segment(name);
    return secure != null
        ? secure.getFileAttributeView(segment, PosixFileAttributeView.class, NOFOLLOW_LINKS)
        : Files.getFileAttributeView(
            path.resolve(segment), PosixFileAttributeView.class, NOFOLLOW_LINKS);
  }

  /** Returns what the platform knows this directory by, the same for every handle to it. */
  Object key() throws IOException {
    Object known = key;
    if (known == null) {
      Object read = view(".").readAttributes().fileKey();
      known = read != null ? read : path.toRealPath();
      key = known;
    }
    return known;
  }

  /**
   * Returns the lock of a name in this directory: held by whoever of this process looks at the name
   * and then renames something to it. Java has no rename that refuses an existing target; against
   * another process nothing helps in the moment between the look and the rename.
   */
  Object lockOf(String name) throws IOException {
    return NAME_LOCKS[Math.floorMod(31 * key().hashCode() + name.hashCode(), NAME_LOCKS.length)];
  }

  private static Object[] locks() {
    Object[] locks = new Object[1024];
    Arrays.setAll(locks, i -> new Object());
    return locks;
  }

  /** Sets a file's modification time, as far as {@link KeptTime} says. */
  public void setModified(String name, Instant modified) throws IOException {
    // the time of access is told so that Java need not ask for the one there is
    FileTime now = FileTime.fromMillis(System.currentTimeMillis());
    view(name).setTimes(FileTime.from(KeptTime.of(modified)), now, null);
  }

  private BasicFileAttributeView view(String name) throws UnsafePathException {
    Path segment = segment(name);
    return secure != null
        ? secure.getFileAttributeView(segment, BasicFileAttributeView.class, NOFOLLOW_LINKS)
        : Files.getFileAttributeView(
            path.resolve(segment), BasicFileAttributeView.class, NOFOLLOW_LINKS);
  }

  /**
   * Opens a sub-directory, making it if it is missing, through handles only: it is made in a
   * trusted directory of the same file system and moved to its place. Where it cannot be moved
   * (another file system, no permission) this does what {@link #childOrMake(String)} does.
   *
   * @param name one segment
   * @param trusted a directory whose own path nobody can swap, such as the root of the tree
   * @param temporary an unused name in it
   */
  DirectoryHandle childOrMake(String name, DirectoryHandle trusted, String temporary)
      throws IOException {
    synchronized (lockOf(name)) {
      try {
        return child(name);
      } catch (NoSuchFileException missing) {
        if (secure == null || trusted.secure == null) {
          return childOrMake(name);
        }
      }
      Path made = trusted.path.resolve(trusted.segment(temporary));
      try {
        Files.createDirectory(made);
      } catch (AccessDeniedException e) {
        return childOrMake(name);
      }
      try {
        // over an empty directory that another process has just made: one is as good as the other
        trusted.secure.move(trusted.segment(temporary), secure, segment(name));
      } catch (AtomicMoveNotSupportedException | AccessDeniedException e) {
        trusted.secure.deleteDirectory(trusted.segment(temporary));
        return childOrMake(name);
      } catch (IOException e) {
        // no second way by the path here: this directory may have been deleted or swapped
        trusted.secure.deleteDirectory(trusted.segment(temporary));
        return childAfter(name, e);
      }
      return child(name);
    }
  }

  private DirectoryHandle childAfter(String name, IOException failure) throws IOException {
    try {
      return child(name);
    } catch (IOException e) {
      failure.addSuppressed(e);
      throw failure;
    }
  }

  /** Renames within the directory, atomically, over what has the new name. */
  public void rename(String from, String to) throws IOException {
    if (secure != null) {
      secure.move(segment(from), secure, segment(to));
    } else {
      Files.move(path.resolve(from), path.resolve(segment(to)), ATOMIC_MOVE, REPLACE_EXISTING);
    }
  }

  /** Renames into another directory, atomically, over what has the new name. */
  public void rename(String from, DirectoryHandle other, String to) throws IOException {
    if (secure != null && other.secure != null) {
      secure.move(segment(from), other.secure, other.segment(to));
    } else {
      Files.move(
          path.resolve(segment(from)),
          other.path.resolve(other.segment(to)),
          ATOMIC_MOVE,
          REPLACE_EXISTING);
    }
  }

  /** Deletes a file if it is there; false if it was not. */
  public boolean deleteIfExists(String name) throws IOException {
    try {
      if (secure != null) {
        secure.deleteFile(segment(name));
      } else {
        Files.delete(path.resolve(segment(name)));
      }
      return true;
    } catch (NoSuchFileException gone) {
      return false;
    }
  }

  /**
   * Deletes an empty directory.
   *
   * @throws NoSuchFileException if it does not exist
   * @throws DirectoryNotEmptyException if something is in it
   */
  public void deleteDirectory(String name) throws IOException {
    if (secure != null) {
      secure.deleteDirectory(segment(name));
    } else if (Files.isDirectory(path.resolve(segment(name)), NOFOLLOW_LINKS)) {
      Files.delete(path.resolve(segment(name)));
    } else {
      throw new NotDirectoryException(path.resolve(name).toString());
    }
  }

  /** Forces names made and renamed in it to the disk; does nothing on Windows, which cannot. */
  public void force() throws IOException {
    if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
      return;
    }
    try (FileChannel self = openFile(".", StandardOpenOption.READ)) {
      self.force(true);
    }
  }

  private Path segment(String name) throws UnsafePathException {
    Path segment;
    try {
      segment = path.getFileSystem().getPath(name);
    } catch (InvalidPathException e) {
      throw new UnsafePathException(
          name, "this machine cannot write it; rename it" + SafePath.localeHint());
    }
    if (segment.getNameCount() != 1 || segment.isAbsolute()) {
      throw new IllegalArgumentException("Not one segment: '" + name + "'");
    }
    return segment;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
